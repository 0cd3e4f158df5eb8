const two = (n: number): string => `${n}`.padStart(2, '0');
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const months = 'January February March April May June July August September October November December'.split(' ');

type Part = (date: Date) => string;

// The conversions of strftime that Envoy's access log formats use; times are UTC.
const parts: { [letter: string]: Part } = {
  Y: (d) => `${d.getUTCFullYear()}`,
  y: (d) => two(d.getUTCFullYear() % 100),
  m: (d) => two(d.getUTCMonth() + 1),
  d: (d) => two(d.getUTCDate()),
  e: (d) => `${d.getUTCDate()}`.padStart(2, ' '),
  H: (d) => two(d.getUTCHours()),
  I: (d) => two(d.getUTCHours() % 12 || 12),
  M: (d) => two(d.getUTCMinutes()),
  S: (d) => two(d.getUTCSeconds()),
  p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
  a: (d) => (days[d.getUTCDay()] ?? '').slice(0, 3),
  A: (d) => days[d.getUTCDay()] ?? '',
  b: (d) => (months[d.getUTCMonth()] ?? '').slice(0, 3),
  B: (d) => months[d.getUTCMonth()] ?? '',
  z: () => '+0000',
  Z: () => 'UTC',
  s: (d) => `${Math.floor(d.getTime() / 1000)}`,
  n: () => '\n',
  t: () => '\t',
  '%': () => '%',
};

const groups: { [letter: string]: string } = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' };

/** Fractions of a second to so many digits; our clock counts milliseconds. */
const fraction = (milliseconds: number, digits: number): string =>
  `${Math.floor(((milliseconds % 1000) + 1000) % 1000)}`.padStart(3, '0').padEnd(9, '0').slice(0, digits);

/**
 * A time in Envoy's START_TIME formats: strftime, `%f` and `%3f` for fractions, `%E3S`, `%E*S` for seconds with
 * fractions (docs: access_log/usage, START_TIME). `time` in milliseconds since the epoch; printed in UTC.
 */
export function formatTime(format: string, time: number): string {
  const date = new Date(time);
  return format.replace(/%(?:E(\d|\*)S|(\d)?f|([a-zA-Z%]))/g, (whole, seconds, digits, letter) => {
    if (seconds === '*') return `${parts.S?.(date)}.${fraction(time, 9)}`.replace(/\.?0+$/, '');
    if (seconds !== undefined)
      return `${parts.S?.(date)}${seconds === '0' ? '' : '.'}${fraction(time, Number(seconds))}`;
    if (letter === undefined) return fraction(time, digits === undefined ? 9 : Number(digits));
    return groups[letter] ? formatTime(groups[letter], time) : (parts[letter]?.(date) ?? whole);
  });
}
