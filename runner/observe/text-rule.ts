/** Rules on a text, as `body`, `header` and the identify rules of apps have them. */
export interface TextRule {
  equals?: string;
  contains?: string;
  lacks?: string;
  matches?: string;
}

/** Whether all given rules hold for the text. */
export function textHolds(text: string, rule: TextRule): boolean {
  return (
    (rule.equals === undefined || text === rule.equals) &&
    (rule.contains === undefined || text.includes(rule.contains)) &&
    (rule.lacks === undefined || !text.includes(rule.lacks)) &&
    (rule.matches === undefined || new RegExp(rule.matches, 'u').test(text))
  );
}

/** "contains “x” and lacks “y”" */
export function ruleText(rule: TextRule): string {
  const words = { equals: 'is', contains: 'contains', lacks: 'lacks', matches: 'matches' };
  return (Object.keys(words) as (keyof TextRule)[])
    .filter((key) => rule[key] !== undefined)
    .map((key) => `${words[key]} “${rule[key]}”`)
    .join(' and ');
}

/** Whether all given rules hold for the headers; a header that is not there satisfies only `absent`. */
export function headersHold(
  headers: { [name: string]: string },
  rules: { [name: string]: TextRule & { absent?: true } },
): boolean {
  return Object.entries(rules).every(([name, { absent, ...rule }]) => {
    const value = headers[name];
    return value === undefined ? absent === true : absent !== true && textHolds(value, rule);
  });
}
