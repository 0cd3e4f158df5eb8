/** Nanoseconds per unit of a Go duration string. */
const units: { [unit: string]: number } = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Parses what Go's time.ParseDuration takes ("1.5s", "1h30m", "-2ms", "0") to nanoseconds; undefined when malformed. */
export function parseDuration(text: string): number | undefined {
  const body = text.replace(/^[-+]/, '');
  if (body === '0') return 0;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0;
  for (const [, value, unit] of body.matchAll(/([\d.]+)(ns|us|µs|μs|ms|s|m|h)/g))
    total += Number(value) * (units[unit ?? 's'] ?? 0);
  return Math.round(text.startsWith('-') ? -total : total);
}

/** Nanoseconds as protojson writes a Duration: seconds with 0, 3, 6 or 9 decimals ("0.500s"). */
export function formatDuration(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? '-' : '';
  const whole = Math.abs(nanoseconds);
  const seconds = Math.floor(whole / 1e9);
  const nanos = Math.round(whole % 1e9);
  if (nanos === 0) return `${sign}${seconds}s`;
  const digits = String(nanos).padStart(9, '0');
  const cut = nanos % 1e6 === 0 ? 3 : nanos % 1e3 === 0 ? 6 : 9;
  return `${sign}${seconds}.${digits.slice(0, cut)}s`;
}

/** formatDuration, or undefined for an absent duration. */
export const durationText = (nanoseconds: number | undefined): string | undefined =>
  nanoseconds === undefined ? undefined : formatDuration(nanoseconds);
