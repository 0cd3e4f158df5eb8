const units: { [unit: string]: number } = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
/** go-httpbin's default -max-duration. */
export const maxDurationMs = 10_000;

/** `1.5` (seconds) or a Go duration (`500ms`, `1m30s`), as milliseconds; undefined unless between 0 and 10 s. */
export function parseDuration(text: string): number | undefined {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : goDuration(text);
  return ms !== undefined && ms <= maxDurationMs ? ms : undefined;
}

function goDuration(text: string): number | undefined {
  const part = '(\\d+(?:\\.\\d+)?)(ns|us|µs|ms|s|m|h)';
  if (!new RegExp(`^(${part})+$`).test(text)) return undefined;
  return [...text.matchAll(new RegExp(part, 'g'))].reduce(
    (ms, [, n, unit = '']) => ms + Number(n) * (units[unit] ?? 0),
    0,
  );
}
