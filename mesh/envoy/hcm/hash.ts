import { xxHash64 } from '../balance/xxhash.ts';
import { hostKey } from '../cluster/host.ts';
import type { HashPolicy } from '../policy.ts';
import type { Stream } from '../types.ts';

const mask = 0xffff_ffff_ffff_ffffn;

/**
 * Hash of a request by the route's hash policies, combined in their order; a terminal one ends the
 * list once there is a hash (source/common/http/hash_policy.cc). `setCookie` receives the Set-Cookie value for a cookie that had to be made.
 */
export function hashRequest(
  policies: readonly HashPolicy[],
  stream: Stream,
  setCookie: (value: string) => void,
): bigint | undefined {
  let hash: bigint | undefined;
  for (const policy of policies) {
    const next = hashBy(policy, stream, setCookie);
    // The old hash is rotated so that equal values in different places differ.
    if (next !== undefined) hash = hash === undefined ? next : (((hash << 1n) | (hash >> 63n)) & mask) ^ next;
    // It also ends the list when only those before it had a hash.
    if (policy.terminal && hash !== undefined) break;
  }
  return hash;
}

function hashBy(policy: HashPolicy, stream: Stream, setCookie: (value: string) => void): bigint | undefined {
  const { headers } = stream.request;
  switch (policy.kind) {
    case 'header': {
      const values = headers.all(policy.name);
      // Several values are sorted, so that their order does not matter.
      return values.length === 0 ? undefined : xxHash64([...values].sort().join(''));
    }
    case 'sourceIp':
      return xxHash64(stream.connection.source.ip);
    case 'queryParameter': {
      const query = (headers.get(':path') ?? '').split('#')[0]?.split('?')[1] ?? '';
      const value = new URLSearchParams(query).get(policy.name);
      return value === null ? undefined : xxHash64(value);
    }
    case 'cookie':
      return hashCookie(policy, stream, setCookie);
  }
}

function hashCookie(
  policy: Extract<HashPolicy, { kind: 'cookie' }>,
  stream: Stream,
  setCookie: (value: string) => void,
): bigint | undefined {
  const value = cookieOf(stream.request.headers.get('cookie'), policy.name);
  if (value !== undefined && value !== '') return xxHash64(value);
  if (policy.ttlMs === undefined) return undefined;
  // The same for all streams of a connection (source/common/router/router.h, addDownstreamSetCookie).
  const { source, destination } = stream.connection;
  const made = xxHash64(hostKey(source) + hostKey(destination))
    .toString(16)
    .padStart(16, '0');
  const age = policy.ttlMs > 0 ? `; Max-Age=${Math.floor(policy.ttlMs / 1000)}` : '';
  const path = policy.path ? `; Path=${policy.path}` : '';
  const rest = policy.attributes.map((a) => `; ${a}`).join('');
  setCookie(`${policy.name}="${made}"${age}${path}${rest}; HttpOnly`);
  return xxHash64(made);
}

function cookieOf(header: string | undefined, name: string): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name)
      return pair
        .slice(at + 1)
        .trim()
        .replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}
