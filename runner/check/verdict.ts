export type CheckOutcome = 'passed' | 'failed' | 'undecided' | 'error';

/** What a check says. `expected` and `measured` are short sentences for people; `evidence` is detail, one fact per line. */
export interface Verdict {
  verdict: CheckOutcome;
  expected: string;
  measured: string;
  evidence: string[];
  /** What was measured as numbers (shares in percent by version), for hints that name ranges. */
  values?: { [name: string]: number };
  /** Of a check that failed by observations, the index of one that shows it, so that its way can be explained. */
  shows?: number;
}
