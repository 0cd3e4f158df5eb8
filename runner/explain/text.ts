import type { Cause, Explanation, Hop, Step } from './explanation.ts';
import { objectOf, positionOf } from './names.ts';

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
    ...summary.flatMap((sentence) => wrapped(sentence, columns - 2).map((line) => `  ${line}`)),
    ...hops.flatMap((hop, i) => ['', ...hopLines(hop, i + 1, options)]),
  ];
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
    ...steps.flatMap((step) => stepLines(step, options)),
  ];
}

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
