import { formatIp, parseIp } from './ip.ts';

// The PROXY protocol, versions 1 (text) and 2 (binary): https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt,
// sections 2.1 and 2.2. It stands in for SO_ORIGINAL_DST: it carries the virtual source and destination of a connection.

export interface ProxyEndpoint {
  ip: string;
  /** 0 to 65535. */
  port: number;
}

/** Types 0xE0 to 0xEF are free for applications (section 2.2.7). */
export interface ProxyTlv {
  type: number;
  value: Uint8Array;
}

export interface ProxyHeader {
  version: 1 | 2;
  /** Absent for LOCAL (v2) and UNKNOWN (v1): the connection's own addresses count. Also absent for Unix addresses. */
  addresses?: { source: ProxyEndpoint; destination: ProxyEndpoint };
  /** In order of appearance; version 1 has none. */
  tlvs: ProxyTlv[];
}

export type ProxyDecoded =
  /** `length` bytes of the input are the header; what follows is the payload. */
  | { kind: 'header'; header: ProxyHeader; length: number }
  /** A true prefix of some header: read more. */
  | { kind: 'incomplete' }
  | { kind: 'malformed'; reason: string };

const signature = Uint8Array.of(0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a);
/** "PROXY UNKNOWN" with the two longest IPv6 addresses and ports, CRLF included (section 2.1). */
const longestV1 = 107;

/** Throws a RangeError when an address is no IP, the families differ, or a port is out of range. */
export function encodeProxyV1(source: ProxyEndpoint, destination: ProxyEndpoint): Uint8Array {
  const { family } = packed(source, destination);
  const line = `PROXY TCP${family} ${source.ip} ${destination.ip} ${source.port} ${destination.port}\r\n`;
  return new TextEncoder().encode(line);
}

/** Throws a RangeError as encodeProxyV1 does, and when a TLV does not fit. */
export function encodeProxyV2(source: ProxyEndpoint, destination: ProxyEndpoint, tlvs: ProxyTlv[] = []): Uint8Array {
  const { family, bytes } = packed(source, destination);
  const rest = [...bytes, ...uint16(source.port), ...uint16(destination.port), ...tlvs.flatMap(tlvBytes)];
  if (rest.length > 0xffff) throw new RangeError(`PROXY header too long: ${rest.length} bytes`);
  const familyAndStream = family === 4 ? 0x11 : 0x21;
  return Uint8Array.from([...signature, 0x21, familyAndStream, ...uint16(rest.length), ...rest]);
}

function packed(source: ProxyEndpoint, destination: ProxyEndpoint): { family: 4 | 6; bytes: number[] } {
  const [from, to] = [address(source), address(destination)];
  if (from.length !== to.length)
    throw new RangeError(`PROXY header with two families: ${source.ip} and ${destination.ip}`);
  return { family: from.length === 4 ? 4 : 6, bytes: [...from, ...to] };
}

function address(endpoint: ProxyEndpoint): Uint8Array {
  const bytes = parseIp(endpoint.ip);
  if (!bytes) throw new RangeError(`not an IP address: ${JSON.stringify(endpoint.ip)}`);
  if (!isPort(endpoint.port)) throw new RangeError(`not a port: ${endpoint.port}`);
  return bytes;
}

function tlvBytes({ type, value }: ProxyTlv): number[] {
  if (!Number.isInteger(type) || type < 0 || type > 0xff) throw new RangeError(`not a TLV type: ${type}`);
  if (value.length > 0xffff) throw new RangeError(`TLV value too long: ${value.length} bytes`);
  return [type, ...uint16(value.length), ...value];
}

const uint16 = (n: number): [number, number] => [n >> 8, n & 0xff];
const isPort = (n: number): boolean => Number.isInteger(n) && n >= 0 && n <= 0xffff;

/** Reads the header at the start of `bytes`. Never throws. */
export function decodeProxy(bytes: Uint8Array): ProxyDecoded {
  // The two versions differ in their first byte.
  return bytes.length === 0 ? { kind: 'incomplete' } : bytes[0] === signature[0] ? decodeV2(bytes) : decodeV1(bytes);
}

function decodeV1(bytes: Uint8Array): ProxyDecoded {
  const start = 'PROXY ';
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, longestV1));
  if (!start.startsWith(text.slice(0, start.length))) return malformed('no PROXY header');
  const end = text.indexOf('\r\n');
  if (end < 0) return bytes.length < longestV1 ? { kind: 'incomplete' } : malformed('no end of line in 107 bytes');
  const length = end + 2;
  const words = text.slice(start.length, end).split(' ');
  // After UNKNOWN everything up to the end of the line is ignored (section 2.1).
  if (words[0] === 'UNKNOWN') return { kind: 'header', header: { version: 1, tlvs: [] }, length };
  const addresses = addressesV1(words);
  if (!addresses) return malformed(`not a version 1 header: ${JSON.stringify(text.slice(0, end))}`);
  return { kind: 'header', header: { version: 1, addresses, tlvs: [] }, length };
}

function addressesV1(words: string[]): ProxyHeader['addresses'] {
  const size = words[0] === 'TCP4' ? 4 : words[0] === 'TCP6' ? 16 : undefined;
  const [, from = '', to = '', fromPort = '', toPort = ''] = words;
  if (size === undefined || words.length !== 5) return undefined;
  if (parseIp(from)?.length !== size || parseIp(to)?.length !== size) return undefined;
  if (![fromPort, toPort].every((p) => /^(0|[1-9]\d{0,4})$/.test(p) && isPort(Number(p)))) return undefined;
  return { source: { ip: from, port: Number(fromPort) }, destination: { ip: to, port: Number(toPort) } };
}

function decodeV2(bytes: Uint8Array): ProxyDecoded {
  if (bytes.subarray(0, 12).some((b, i) => b !== signature[i])) return malformed('wrong signature');
  if (bytes.length < 16) return { kind: 'incomplete' };
  const [versionAndCommand = 0, familyAndProtocol = 0] = bytes.subarray(12, 14);
  const length = 16 + read16(bytes, 14);
  if (versionAndCommand >> 4 !== 2) return malformed(`version ${versionAndCommand >> 4}`);
  if ((versionAndCommand & 0xf) > 1) return malformed(`command ${versionAndCommand & 0xf}`);
  if (bytes.length < length) return { kind: 'incomplete' };
  const isLocal = (versionAndCommand & 0xf) === 0;
  return bodyV2(isLocal ? 0 : familyAndProtocol, bytes.subarray(16, length), length);
}

/** Bytes of both addresses and ports by family: unspecified, IPv4, IPv6, Unix. */
const addressSizes = [0, 12, 36, 216];

function bodyV2(familyAndProtocol: number, body: Uint8Array, length: number): ProxyDecoded {
  const [family, protocol] = [familyAndProtocol >> 4, familyAndProtocol & 0xf];
  const size = addressSizes[family];
  if (size === undefined || protocol > 2) return malformed(`address family ${family}, protocol ${protocol}`);
  if (body.length < size) return malformed(`${body.length} bytes for addresses of ${size}`);
  // What follows an unspecified address must be skipped, not read (section 2.2, "AF_UNSPEC").
  const tlvs = family === 0 ? [] : readTlvs(body.subarray(size));
  if (!tlvs) return malformed('a TLV runs over the end of the header');
  const header: ProxyHeader = { version: 2, tlvs };
  if (family === 1 || family === 2) header.addresses = addressesV2(body, family === 1 ? 4 : 16);
  return { kind: 'header', header, length };
}

function addressesV2(body: Uint8Array, size: 4 | 16): NonNullable<ProxyHeader['addresses']> {
  return {
    source: { ip: formatIp(body.subarray(0, size)), port: read16(body, 2 * size) },
    destination: { ip: formatIp(body.subarray(size, 2 * size)), port: read16(body, 2 * size + 2) },
  };
}

function readTlvs(bytes: Uint8Array): ProxyTlv[] | undefined {
  const tlvs: ProxyTlv[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = at + 3 + read16(bytes, at + 1);
    if (at + 3 > bytes.length || end > bytes.length) return undefined;
    // A copy: the input is a socket's buffer that may be used again.
    tlvs.push({ type: bytes[at] ?? 0, value: bytes.slice(at + 3, end) });
    at = end;
  }
  return tlvs;
}

const read16 = (bytes: Uint8Array, at: number): number => ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
const malformed = (reason: string): ProxyDecoded => ({ kind: 'malformed', reason });
