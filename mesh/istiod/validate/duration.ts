import type { Field, Finding } from '../../kube/schema/field.ts';

const units: { [unit: string]: bigint } = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Nanoseconds of a Go duration (`1h30m`, `1.5s`, `-5ms`, `0`); undefined when it is none. */
export function nanoseconds(text: string): bigint | undefined {
  const match = /^([+-]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (!match) return text === '0' ? 0n : undefined;
  let sum = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|ms|s|m|h)/g)) {
    const scale = units[unit] ?? 0n;
    sum += BigInt(whole || '0') * scale + (BigInt(fraction || '0') * scale) / 10n ** BigInt(fraction.length);
  }
  return match[1] === '-' ? -sum : sum;
}

const millisecond = 1_000_000n;

/** The CRDs' rule `duration(self) >= duration('1ms')`, in the API server's words. */
export function crdDuration(field: Field): Finding[] {
  const value = nanoseconds(field.text);
  const wrong = value === undefined || value < millisecond;
  return field.when(wrong, `Invalid value: ${JSON.stringify(field.value)}: must be a valid duration greater than 1ms`);
}

/** istiod's rule (agent/validation.go, ValidateDuration); absent fields are fine. */
export function durationFindings(field: Field): Finding[] {
  const value = field.present ? nanoseconds(field.text) : undefined;
  if (value === undefined) return [];
  if (value < millisecond) return [field.error('duration must be greater than 1ms')];
  return field.when(value % millisecond !== 0n, 'only durations to ms precision are supported');
}
