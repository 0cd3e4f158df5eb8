import type { JsonObject } from '../../json.ts';
import { parseIp } from '../../world/ip.ts';
import { number, refuse, text } from './proto.ts';

export interface CidrMatcher {
  test(ip: string): boolean;
  /** e.g. `10.0.0.0/8`. */
  wants: string;
}

/**
 * envoy.config.core.v3.CidrRange. An IPv4 range does not match an IPv6 address, mapped or not; a missing length is 0:
 * everything of the family (envoy source/common/network/cidr_range.cc). Throws a ProblemError for what is no address.
 */
export function compileCidr(range: JsonObject, pointer: string): CidrMatcher {
  const prefix = text(range, 'addressPrefix');
  const bytes = parseIp(prefix);
  if (!bytes) return refuse(`malformed IP address: ${prefix}`, pointer);
  const bits = Math.min(number(range, 'prefixLen') ?? 0, bytes.length * 8);
  // Requests of one connection ask again and again for the same address.
  let last = '';
  let result = false;
  return {
    wants: `${prefix}/${bits}`,
    test(ip) {
      if (ip === last) return result;
      const address = parseIp(ip);
      result = address !== undefined && address.length === bytes.length && sharesBits(address, bytes, bits);
      last = ip;
      return result;
    },
  };
}

function sharesBits(a: Uint8Array, b: Uint8Array, bits: number): boolean {
  for (let i = 0; i * 8 < bits; i++) {
    const mask = bits - i * 8 >= 8 ? 0xff : (0xff << (8 - (bits - i * 8))) & 0xff;
    if (((a[i] ?? 0) & mask) !== ((b[i] ?? 0) & mask)) return false;
  }
  return true;
}
