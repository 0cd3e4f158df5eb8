import type { Cause, Explanation, Hop, Step } from './explanation.ts';
import { logInWords } from './log.ts';
import { objectOf, positionOf } from './names.ts';
import type { Logged } from './on-mesh.ts';

/** Colours by meaning; the identity where there are none. */
export type Paint = (style: 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan', text: string) => string;

export interface TextOptions {
  columns: number;
  paint: Paint;
}

const marks = { passed: ' ', rejected: '-', failed: '✗' } as const;
/** Width of the first column: the mark, the topic, what separates. */
const indent = 17;

/** An explanation as lines of a terminal. */
export function explanationLines({ request, outcome, summary, hops }: Explanation, options: TextOptions): string[] {
  const { paint, columns } = options;
  const headers = Object.entries(request.headers ?? {}).map(([name, value]) => `  ${name}: ${value}`);
  return [
    `${paint('bold', `${request.method} ${request.url}`)} ${paint('dim', `from ${request.from}`)}`,
    ...headers,
    outcomeLine(outcome, paint),
    ...summary.flatMap((sentence, i) => sentenceLines(sentence, { columns, paint: i === 0 ? paint : plain })),
    ...hops.flatMap((hop, i) => ['', ...hopLines(hop, i + 1, options)]),
  ];
}

/** What real Envoys logged of the request that was predicted. */
export function loggedLines(logged: readonly Logged[], paint: Paint): string[] {
  const differs = logged.some(({ predicted }) => !predicted);
  const width = Math.max(0, ...logged.map(({ pod }) => pod.length));
  const title = `${paint('bold', 'Envoys themselves')} ${paint('dim', 'logged, where the above is a prediction')}`;
  if (logged.length === 0) return ['', title, '    nothing'];
  return [
    '',
    title,
    ...logged.map(({ pod, facts, predicted }) => {
      const line = `${pod.padEnd(width)}  ${logInWords(facts)}`;
      return predicted ? `  ${paint('green', '=')} ${line}` : `  ${paint('yellow', '≠')} ${line}`;
    }),
    ...(differs
      ? [`    ${paint('dim', 'where they differ, chance (weights, load balancing) may have chosen another way')}`]
      : []),
  ];
}

const plain: Paint = (_style, text) => text;

/** The first sentence answers, so it is bold; later lines of a sentence stand in a little. */
function sentenceLines(sentence: string, { columns, paint }: TextOptions): string[] {
  return wrapped(sentence, columns - 4).map((line, i) => `${i === 0 ? '  ' : '    '}${paint('bold', line)}`);
}

function outcomeLine({ status, error, flags, details, latencyMs }: Explanation['outcome'], paint: Paint): string {
  const good = status !== undefined && status < 400;
  const what = status === undefined ? errorInWords(error) : String(status);
  const time = latencyMs < 1 ? undefined : `${Math.round(latencyMs)} ms`;
  const facts = [flags, details, time].filter((part) => part !== undefined);
  const verdict = paint(good ? 'green' : 'red', `${good ? '✓' : '✗'} ${what}`);
  return facts.length > 0 ? `${verdict}  ${paint('dim', facts.join('  '))}` : verdict;
}

const errorInWords = (
  { code, message }: { code: string; message: string } = { code: 'no answer', message: '' },
): string => (message.includes(code) ? message : `${code}: ${message}`);

function hopLines({ role, place, note, steps }: Hop, number: number, options: TextOptions): string[] {
  const { paint } = options;
  return [
    `${paint('bold', `${number} ${role}`)} ${paint('dim', `of ${place}`)}${note === undefined ? '' : ` (${note})`}`,
    ...steps.map((step, i) => withoutRepeated(step, steps.slice(0, i))).flatMap((step) => stepLines(step, options)),
  ];
}

/** A cause that the step before, or an earlier one of this kind, has told already is told again only where something failed. */
function withoutRepeated(step: Step, before: readonly Step[]): Step {
  if (step.outcome === 'failed') return step;
  const told = before
    .filter(({ topic }, i) => topic === step.topic || i === before.length - 1)
    .flatMap((s) => s.causes);
  const isTold = (cause: Cause) =>
    told.some((t) => positionOf(t) === positionOf(cause) && objectAndField(t) === objectAndField(cause));
  return { ...step, causes: step.causes.filter((cause) => !isTold(cause)) };
}

const objectAndField = (cause: Cause) => `${objectOf(cause)} ${cause.field ?? ''}`;

function stepLines({ topic, outcome, text, causes }: Step, { columns, paint }: TextOptions): string[] {
  const [first = '', ...more] = wrapped(text, columns - indent);
  const colour = (line: string) =>
    outcome === 'failed' ? paint('red', line) : outcome === 'rejected' ? paint('dim', line) : line;
  const label = `${marks[outcome]} ${topic}`.padEnd(indent - 2);
  return [
    `  ${outcome === 'failed' ? paint('red', label) : label}${colour(first)}`,
    ...more.map((line) => ' '.repeat(indent) + colour(line)),
    ...causes
      .flatMap((cause) => causeLines(cause, columns - indent))
      .map((line) => ' '.repeat(indent) + paint('dim', line)),
  ];
}

/** `<- VirtualService shop/customers spec.http[1]  customers.yaml:18:5`, on up to three lines where it does not fit. */
function causeLines(cause: Cause, width: number): string[] {
  const object = `<- ${objectOf(cause)}`;
  const what = cause.field === undefined ? object : `${object} ${cause.field}`;
  const place = positionOf(cause);
  if (what.length > width) return [object, `   ${cause.field ?? ''}`, ...(place ? [`   ${place}`] : [])];
  if (place === '') return [what];
  return what.length + 2 + place.length <= width ? [`${what}  ${place}`] : [what, `   ${place}`];
}

/** Words on lines of some width; a word that is longer stands alone. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
