import type { ProxyEvidence } from '../kind.ts';

/** One fact about one proxy's configuration: a pure reading of its dump. */
export interface ConfigFact<Params> {
  name: string;
  describe(params: Params): string;
  /** What is otherwise, one line each; none when the fact is true. */
  faults(proxy: ProxyEvidence, params: Params): string[];
}
