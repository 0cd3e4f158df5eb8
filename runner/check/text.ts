/** A fraction as a percentage for people: 0.3 is "30 %", 0.2986 is "29.9 %". */
export const points = (value: number): string => `${Number((value * 100).toFixed(1))} %`;

/** 1e-6 as "1 000 000". */
export const oneIn = (probability: number): string =>
  Math.round(1 / probability)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ' ');

/** A text cut to one line of at most `length` characters. */
export function shorten(text: string, length = 80): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** "1 answer", "2 answers". */
export const many = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
