import type { Code, Level } from '../../mesh/istiod/analyze/code.ts';
import { allCodes } from '../../mesh/istiod/analyze/codes.ts';
import { analyzers } from '../../mesh/istiod/analyze/registry.ts';
import { cases } from '../../mesh/istiod/analyze/testing/cases.ts';

export interface CodeRow {
  code: string;
  name: string;
  level: Level;
  /** As istioctl words it, with ‹names› where a message has values. */
  message: string;
  meaning: string;
  fix: string;
  /** The analyzers that raise it, by Istio's names, those of the registry that our cases show at it. */
  analyzers: string[];
}

/** Every code that our analyzers raise, by number. */
export const codeRows = (): CodeRow[] =>
  allCodes
    .map((row) => ({
      ...{ code: row.code, name: row.name, level: row.level, meaning: row.meaning, fix: row.fix },
      message: template(row),
      analyzers: analyzersOf(row.code),
    }))
    .sort((a, b) => a.code.localeCompare(b.code));

/** The wording with a placeholder for each value; a list of one stands for values of every type, because Go prints lists in brackets. */
function template({ message }: Code<never>): string {
  const placeholders = new Proxy({}, { get: (_, name) => [`‹${String(name)}›`] });
  return String(message(placeholders as never)).replace(/\["(‹\w+›)"\]/g, '"$1"');
}

const registered = new Set(analyzers);

/** Of validation there is an analyzer for each kind; all raise the same codes. */
const analyzersOf = (code: string): string[] => [
  ...new Set(
    cases
      .filter(({ analyzer, want }) => registered.has(analyzer) && want.some((line) => line.startsWith(code)))
      .map(({ analyzer }) => analyzer.name.replace(/^(schema\.ValidationAnalyzer)\..*/, '$1')),
  ),
];
