import XMLBuilder from 'fast-xml-builder';
import type { CheckResult, ControlResult, MutantResult } from '../plan/result.ts';
import type { Report } from './schema.ts';

type Run = Report['runs'][number];
type Outcome = 'failure' | 'error' | 'skipped';
interface Case {
  name: string;
  outcome?: { kind: Outcome; message: string; text: string };
}

/** The report as JUnit XML: one suite per run, one case per check, control and mutant, as CI systems show them. */
export function junit(report: Report): string {
  const suites = report.runs.map((run) => suite(run, report.timing.startedAt));
  const total = (name: '@_tests' | '@_failures' | '@_errors' | '@_skipped') =>
    suites.reduce((sum, suite) => sum + suite[name], 0);
  const builder = new XMLBuilder({ ignoreAttributes: false, format: true, suppressEmptyNode: true });
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: {
      '@_name': 'mesh-labs',
      '@_tests': total('@_tests'),
      '@_failures': total('@_failures'),
      '@_errors': total('@_errors'),
      '@_skipped': total('@_skipped'),
      '@_time': seconds(report.timing.durationMs),
      testsuite: suites,
    },
  });
}

function suite(run: Run, timestamp: string) {
  const name = [run.lab, run.solution].filter(Boolean).join('.');
  const cases = casesOf(run);
  const count = (kind: Outcome) => cases.filter((c) => c.outcome?.kind === kind).length;
  return {
    '@_name': printable(`${name} (${run.place}, ${run.dataPlane})`),
    '@_tests': cases.length,
    '@_failures': count('failure'),
    '@_errors': count('error'),
    '@_skipped': count('skipped'),
    '@_time': seconds(run.timing.durationMs),
    '@_timestamp': timestamp,
    testcase: cases.map((c) => ({
      '@_classname': printable(`${name}.${run.dataPlane}`),
      '@_name': printable(c.name),
      '@_time': 0,
      ...(c.outcome && { [c.outcome.kind]: body(c.outcome) }),
    })),
  };
}

const body = (outcome: { message: string; text: string }) => ({
  '@_message': printable(outcome.message),
  '#text': printable(outcome.text),
});

/** A run that ended before its checks has one case of its own, so that nothing that went wrong is without a case. */
function casesOf(run: Run): Case[] {
  const cases = [...run.checks.map(checkCase), ...(run.proof?.controls ?? []).map(controlCase)];
  cases.push(...(run.proof?.mutants ?? []).map(mutantCase));
  const told = cases.some((c) => c.outcome);
  if (run.verdict === 'passed' || told) return cases;
  const kind = run.verdict === 'skipped' ? 'skipped' : run.verdict === 'error' ? 'error' : 'failure';
  return [...cases, { name: 'run', outcome: { kind, message: run.reason ?? run.verdict, text: run.reason ?? '' } }];
}

function checkCase(check: CheckResult): Case {
  const name = `${check.id}: ${check.title}`;
  if (check.verdict === 'passed') return { name };
  const kind = check.verdict === 'error' ? 'error' : 'failure';
  const text = [`expected: ${check.expected}`, `measured: ${check.measured}`, ...check.evidence].join('\n');
  return { name, outcome: { kind, message: `${check.verdict}: ${check.measured}`, text } };
}

function controlCase(control: ControlResult): Case {
  const name = `control: ${control.check} must ${control.expected === 'failed' ? 'fail' : 'hold'} without the solution`;
  if (control.ok) return { name };
  return { name, outcome: { kind: 'failure', message: `it ${control.verdict}`, text: control.measured } };
}

function mutantCase(mutant: MutantResult): Case {
  const name = `mutant: ${mutant.id} must be rejected by ${mutant.expected}`;
  if (mutant.ok) return { name };
  const message = mutant.rejectedBy ? `rejected by ${mutant.rejectedBy}` : 'rejected by nothing';
  return { name, outcome: { kind: 'failure', message, text: mutant.measured } };
}

const seconds = (ms: number) => (ms / 1000).toFixed(3);

/** XML 1.0 cannot carry control characters, escaped or not (https://www.w3.org/TR/xml/#charsets). */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
