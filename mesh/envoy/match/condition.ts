/** One thing that must hold. `reason` is only asked for after `test` failed, for a trace: why it did not hold. */
export interface Condition<Input> {
  test(input: Input): boolean;
  reason(input: Input): string;
}

/** The first condition that does not hold. */
export function firstFailing<Input>(
  conditions: readonly Condition<Input>[],
  input: Input,
): Condition<Input> | undefined {
  for (const condition of conditions) if (!condition.test(input)) return condition;
  return undefined;
}

/** A matcher of texts that can say what it wants, e.g. `starts with "/v1"`. */
export interface TextMatcher {
  test(text: string): boolean;
  wants: string;
}

/** As JSON, cut to a length that fits into a sentence. */
export const quote = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);
