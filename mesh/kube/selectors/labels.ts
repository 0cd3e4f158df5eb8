import { badRequest } from '../errors.ts';

export type Labels = { readonly [key: string]: string };
/** Decides by labels. */
export type LabelMatch = (labels: Labels | undefined) => boolean;

/** metav1.LabelSelector as it stands in objects. */
export type LabelSelector = {
  matchLabels?: Labels;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
};

interface Requirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  values: readonly string[];
}

// An absent key satisfies `!=` and `notin` (kubernetes.io/docs/concepts/overview/working-with-objects/labels).
const tests: { [O in Requirement['operator']]: (value: string | undefined, values: readonly string[]) => boolean } = {
  In: (value, values) => value !== undefined && values.includes(value),
  NotIn: (value, values) => value === undefined || !values.includes(value),
  Exists: (value) => value !== undefined,
  DoesNotExist: (value) => value === undefined,
  Gt: (value, values) => Number.parseInt(value ?? '', 10) > Number(values[0]),
  Lt: (value, values) => Number.parseInt(value ?? '', 10) < Number(values[0]),
};

const all =
  (requirements: readonly Requirement[]): LabelMatch =>
  (labels) =>
    requirements.every((r) => tests[r.operator](own(labels, r.key), r.values));

const own = (labels: Labels | undefined, key: string) =>
  labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined;

/** Of a selector in an object: absent matches nothing, empty matches everything. Throws ApiError 400 for unknown operators. */
export function matchSelector(selector: LabelSelector | undefined): LabelMatch {
  if (selector === undefined) return () => false;
  const equals = Object.entries(selector.matchLabels ?? {}).map(
    ([key, value]): Requirement => ({ key, operator: 'In', values: [value] }),
  );
  const others = (selector.matchExpressions ?? []).map(({ key, operator, values = [] }): Requirement => {
    if (!isOperator(operator)) throw badRequest(`"${operator}" is not a valid label selector operator`);
    return { key, operator, values };
  });
  return all([...equals, ...others]);
}

const isOperator = (operator: string): operator is Requirement['operator'] =>
  ['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator);

/** Of the string form, `app=x,tier in (a,b),!legacy`; empty matches everything. Throws ApiError 400. */
export const parseLabelSelector = (text: string): LabelMatch =>
  all(splitTop(text).map((part) => requirement(part, text)));

const key = '[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?';
const value = '(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?';
const forms: readonly [RegExp, (m: RegExpMatchArray) => Requirement][] = [
  [new RegExp(`^!\\s*(${key})$`), (m) => ({ key: m[1] ?? '', operator: 'DoesNotExist', values: [] })],
  [new RegExp(`^(${key})$`), (m) => ({ key: m[1] ?? '', operator: 'Exists', values: [] })],
  [
    new RegExp(`^(${key})\\s*(==|=|!=|<|>)\\s*(${value})$`),
    (m) => ({ key: m[1] ?? '', operator: comparisons[m[2] ?? ''] ?? 'In', values: [m[3] ?? ''] }),
  ],
  [
    new RegExp(`^(${key})\\s+(in|notin)\\s*\\(\\s*(${value}(?:\\s*,\\s*${value})*)\\s*\\)$`),
    (m) => ({
      key: m[1] ?? '',
      operator: m[2] === 'in' ? 'In' : 'NotIn',
      values: (m[3] ?? '').split(',').map((v) => v.trim()),
    }),
  ],
];
const comparisons: { [sign: string]: Requirement['operator'] } = {
  '=': 'In',
  '==': 'In',
  '!=': 'NotIn',
  '>': 'Gt',
  '<': 'Lt',
};

function requirement(part: string, whole: string): Requirement {
  for (const [form, build] of forms) {
    const match = part.match(form);
    if (match !== null) return build(match);
  }
  throw badRequest(`unable to parse requirement: ${JSON.stringify(part)} in label selector ${JSON.stringify(whole)}`);
}

/** Splits at the commas that stand outside of parentheses. */
function splitTop(text: string): string[] {
  if (text.trim() === '') return [];
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}
