export type CheckOutcome = 'passed' | 'failed' | 'undecided' | 'error';

/** What a check says. `expected` and `measured` are short sentences for people; `evidence` is detail, one fact per line. */
export interface Verdict {
  verdict: CheckOutcome;
  expected: string;
  measured: string;
  evidence: string[];
}
