import type { Check } from '../lab/lab.ts';
import type { ResponseExpect } from '../lab/schema/expect.ts';
import type { Observation } from '../observe/observation.ts';
import { analyze } from './analyze.ts';
import { ask } from './ask.ts';
import { config } from './config.ts';
import type { CheckKind, Evidence, EvidenceOf, Needs } from './kind.ts';
import { object } from './object.ts';
import { response } from './response.ts';
import { share } from './share.ts';
import { stats } from './stats.ts';
import type { Verdict } from './verdict.ts';

/** Every kind of check, by name. */
export const checkKinds = { response, share, object, config, stats, analyze, ask } as const;

/** A check of a lab, joined with its kind. */
export interface Judge {
  kind: keyof typeof checkKinds;
  needs: Needs;
  /** What must be true, as a short sentence. */
  describe(): string;
  /** Evidence of another kind than `needs` gives the verdict `error`. */
  judge(evidence: Evidence): Verdict;
  /** A fresh accumulator that says when the observations fed to it suffice; absent where the kind takes what there is. */
  enough?: () => (next: Observation) => boolean;
}

/** Finds the kind of a check and binds its parameters. */
export function judgeOf(check: Check): Judge {
  switch (check.needs) {
    case 'observations': {
      const { share: split, ...parts } = check.expect;
      return split ? bind(share, split) : bind(response, parts satisfies ResponseExpect);
    }
    case 'objects':
      return bind(object, check.object);
    case 'config':
      return bind(config, check.config);
    case 'stats':
      return bind(stats, check.stats);
    case 'analysis':
      return bind(analyze, check.analyze);
    case 'answer':
      return bind(ask, check.ask);
  }
}

/** Judges a check by evidence that was collected elsewhere. */
export const judge = (check: Check, evidence: Evidence): Verdict => judgeOf(check).judge(evidence);

function bind<Params, N extends Needs>(kind: CheckKind<Params, N>, params: Params): Judge {
  const { enough } = kind;
  return {
    kind: kind.name as keyof typeof checkKinds,
    needs: kind.needs,
    describe: () => kind.describe(params),
    judge: (evidence) =>
      isFor(evidence, kind.needs) ? kind.judge(evidence, params) : wrongEvidence(kind.describe(params), evidence.needs),
    ...(enough && { enough: () => enough(params) }),
  };
}

const isFor = <N extends Needs>(evidence: Evidence, needs: N): evidence is EvidenceOf<N> => evidence.needs === needs;

const wrongEvidence = (expected: string, needs: Needs): Verdict => ({
  verdict: 'error',
  expected,
  measured: `The evidence is of the wrong kind: ${needs}.`,
  evidence: [],
});
