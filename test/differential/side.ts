import type { Answer, Case, LogLine, Request } from './feature.ts';
import type { StatsByPod } from './stats.ts';

/** A running mesh, real or interpreted. */
export interface Side {
  /** Cases to run at the same time. */
  abreast: number;
  /** Sends a case's requests; `id` names each by step, place in its step, and repetition. Logs of the answers are empty. */
  run(of: Case, id: (step: number, part: number, time: number) => string): Promise<Answer[]>;
  /** All lines so far. */
  logs(): readonly LogLine[];
  /** What the proxies have counted. */
  stats(): Promise<StatsByPod>;
  /** What was refused of the configuration. */
  problems(): readonly string[];
  close(): Promise<void>;
}

/** How many more requests of a spread the interpreter gets: they cost little, and make the test sharper. */
export const spreadFactor = 10;

/** The requests of one step, which are sent at once. */
export function groupOf(entry: Case['requests'][number]): { group: readonly Request[]; wait: number; times: number } {
  const group: readonly Request[] = isGroup(entry) ? entry : [entry];
  const wait = Math.max(0, ...group.map((r) => r.wait ?? 0));
  const times = Math.max(1, ...group.map((r) => (r.kind === 'tcp' ? 1 : (r.times ?? 1))));
  return { group, wait, times };
}

const isGroup = (entry: Case['requests'][number]): entry is readonly Request[] => Array.isArray(entry);

/** Lines of TCP connections have no id: who connected, and where to, stands in for it. */
export const tcpKey = (from: string, to: string): string => `tcp ${from} ${to}`;
