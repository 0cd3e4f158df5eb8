import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { createMeshSim } from '../../mesh/envoy/mesh-sim.ts';
import { seededRandom } from '../../mesh/world/random.ts';
import { compareCase, type Difference } from './compare.ts';
import type { Answer, Case, Feature, LogLine, Slot } from './feature.ts';
import { realSide } from './real-side.ts';
import { type Side, tcpKey } from './side.ts';
import { simSide } from './sim-side.ts';
import { type Stage, slotAt, stageOf } from './stage.ts';
import { type StatsByPod, statDifferences } from './stats.ts';

export interface RunOptions {
  seed: number;
  cases: number;
  /** The interpreters to compare with; several share one run of real Envoys. */
  interpreters: readonly (typeof createMeshSim)[];
}

export interface CaseResult {
  case: Case;
  slot: Slot;
  /** How many were sent to real Envoys. */
  requests: number;
  differences: readonly Difference[];
  tests: number;
  /** By how many milliseconds this process was late at most while real Envoys answered: then times are not what cases say. */
  lateMs: number;
}

/** A feature's results: one list for each interpreter. Throws when either side refused the configuration. */
export function runFeature(feature: Feature, options: RunOptions): Promise<CaseResult[][]> {
  const made = feature.cases(seededRandom(options.seed), options.cases, slotAt);
  return runCases(
    feature,
    made.map((c, i) => ({ slot: slotAt(i), case: c })),
    options,
  );
}

export async function runCases(
  feature: Feature,
  cases: Stage['cases'],
  { seed, interpreters }: Omit<RunOptions, 'cases'>,
): Promise<CaseResult[][]> {
  const stage: Stage = { ...stageOf(feature, cases), credentials: await feature.credentials?.() };
  const late = monitorEventLoopDelay({ resolution: 10 });
  const side = await realSide(stage);
  late.enable();
  const real = await answersOf(side, stage, feature.stats);
  late.disable();
  const lateMs = Math.round(late.max / 1e6);
  const results: CaseResult[][] = [];
  for (const create of interpreters) {
    const sim = await answersOf(simSide(stage, { seed, create }), stage, feature.stats);
    const counted = statDifferences(real.stats, sim.stats);
    results.push(
      cases.map((c, i) => {
        const answers = real.answers[i] ?? [];
        const { differences, tests } = compareCase(c.case, answers, sim.answers[i] ?? []);
        return {
          ...c,
          requests: answers.length,
          differences: [...differences, ...ofCase(counted, cases, i)],
          tests,
          lateMs,
        };
      }),
    );
  }
  return results;
}

/** A number with the host of a case in its name is that case's; the others are told with the first. */
const ofCase = (counted: readonly Difference[], cases: Stage['cases'], index: number): Difference[] => {
  const owner = ({ path }: Difference) => cases.findIndex(({ slot }) => path.includes(`|${slot.host}.`));
  return counted.filter((d) => Math.max(0, owner(d)) === index);
};

interface Answered {
  answers: Answer[][];
  stats: StatsByPod;
}

/** Lets a side answer all cases; each answer gets its log lines. Closes the side. */
async function answersOf(side: Side, stage: Stage, withStats = false): Promise<Answered> {
  try {
    const problems = side.problems();
    if (problems.length > 0) throw new Error(`refused: ${problems.join('\n')}`);
    const answers: Answer[][] = [];
    const rest = [...stage.cases.entries()];
    const worker = async () => {
      for (let next = rest.shift(); next; next = rest.shift()) {
        const [index, { case: of, slot }] = next;
        answers[index] = await side.run(of, (...place) => idOf(slot, place));
      }
    };
    await Promise.all(Array.from({ length: withStats ? 1 : side.abreast }, worker));
    return {
      answers: withLogs(answers, await settledLogs(side)),
      stats: withStats ? await side.stats() : new Map(),
    };
  } finally {
    await side.close();
  }
}

const idOf = ({ name }: Slot, [step, part, time]: readonly number[]): string => `${name}-${step}-${part}-${time}`;

/** Envoy writes its lines every 50 ms (mesh/host/envoy/process.ts); nothing new for longer means that all are there. */
async function settledLogs(side: Side): Promise<readonly LogLine[]> {
  for (let before = -1; ; ) {
    const logs = side.logs();
    if (logs.length === before || side.abreast === 1) return logs;
    before = logs.length;
    await sleep(150);
  }
}

function withLogs(answers: readonly Answer[][], logs: readonly LogLine[]): Answer[][] {
  const byKey = Map.groupBy(logs, keyOf);
  return answers.map((all) => all.map((answer) => ({ ...answer, logs: take(byKey, answer.key) })));
}

/** Each TCP connection gets the next line of its sender and address. */
function take(byKey: Map<string, LogLine[]>, key: string): readonly LogLine[] {
  return key.startsWith('tcp ') ? (byKey.get(key)?.splice(0, 1) ?? []) : (byKey.get(key) ?? []);
}

const keyOf = ({ proxy, fields: { id, local } }: LogLine): string =>
  typeof id === 'string' && id !== '-' ? id : tcpKey(proxy, String(local));
