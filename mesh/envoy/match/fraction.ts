import type { JsonObject } from '../../json.ts';
import { number, object, text } from './proto.ts';

/** envoy.type.v3.FractionalPercent in parts of a denominator; above it means always. */
export interface Fraction {
  numerator: number;
  denominator: number;
}

const denominators: { [name: string]: number } = { HUNDRED: 100, TEN_THOUSAND: 10_000, MILLION: 1_000_000 };

export function compileFraction(percent: JsonObject): Fraction {
  return {
    numerator: number(percent, 'numerator') ?? 0,
    denominator: denominators[text(percent, 'denominator')] ?? 100,
  };
}

/** Whether a random number falls under the fraction (envoy source/common/protobuf/utility.cc, evaluateFractionalPercent). */
export const isUnder = ({ numerator, denominator }: Fraction, random: number): boolean =>
  random % denominator < numerator;

export interface RuntimeFraction extends Fraction {
  runtimeKey: string;
}

/**
 * envoy.config.core.v3.RuntimeFractionalPercent. A runtime value replaces the numerator; the denominator stays
 * (envoy source/common/runtime/runtime_impl.cc, SnapshotImpl::featureEnabled).
 */
export function compileRuntimeFraction(setting: JsonObject): RuntimeFraction {
  const percent = object(setting, 'defaultValue') ?? {};
  return { ...compileFraction(percent), runtimeKey: text(setting, 'runtimeKey') };
}

/** Whether the feature is on for this random number. `runtime` looks a key up. */
export function isEnabled(
  fraction: RuntimeFraction,
  random: number,
  runtime: (key: string, otherwise: number) => number,
): boolean {
  const { numerator, denominator, runtimeKey } = fraction;
  return random % denominator < (runtimeKey === '' ? numerator : runtime(runtimeKey, numerator));
}

/** 32 random bits from a number in [0, 1), for what Envoy takes modulo of. */
export const randomBits = (random: { next(): number }): number => Math.floor(random.next() * 4_294_967_296);
