import type { FilterSetting, Stream } from '../types.ts';

/** Writes a decision into the trace of a stream that has one. */
export function tell(stream: Stream, { name, pointer, context }: FilterSetting, decision: string): void {
  if (!stream.trace) return;
  stream.trace.record({
    at: context.clock.now(),
    node: context.node.id,
    kind: 'filter',
    filter: name,
    pointer,
    decision,
  });
}
