import { describe, expect, it } from 'vitest';
import { decodeProxy, encodeProxyV1, encodeProxyV2 } from './proxy-protocol.ts';

const v4 = { source: { ip: '10.244.1.5', port: 40001 }, destination: { ip: '10.96.0.12', port: 80 } };
const v6 = { source: { ip: 'fd00::5', port: 1 }, destination: { ip: '2001:db8:0:1::', port: 65535 } };
const text = (s: string) => new TextEncoder().encode(s);
const hex = (s: string) => Uint8Array.from(s.match(/[0-9a-f]{2}/g) ?? [], (b) => Number.parseInt(b, 16));
const signature = '0d0a0d0a000d0a515549540a';

describe('encode', () => {
  it('writes version 1', () => {
    const line = encodeProxyV1(v4.source, v4.destination);
    expect(new TextDecoder().decode(line)).toBe('PROXY TCP4 10.244.1.5 10.96.0.12 40001 80\r\n');
    expect(new TextDecoder().decode(encodeProxyV1(v6.source, v6.destination))).toBe(
      'PROXY TCP6 fd00::5 2001:db8:0:1:: 1 65535\r\n',
    );
  });

  it('writes version 2 byte for byte', () => {
    const tlvs = [{ type: 0xe0, value: text('ab') }];
    expect(encodeProxyV2(v4.source, v4.destination, tlvs)).toEqual(
      hex(`${signature} 21 11 0011 0af40105 0a60000c 9c41 0050 e0 0002 6162`),
    );
  });

  it.each([
    ['families differ', v4.source, v6.destination],
    ['no IP', { ip: 'customers', port: 80 }, v4.destination],
    ['a port too large', { ip: '10.0.0.1', port: 65536 }, v4.destination],
    ['a port that is no number', { ip: '10.0.0.1', port: Number.NaN }, v4.destination],
    ['bytes in octal', { ip: '010.0.0.1', port: 80 }, v4.destination],
  ])('refuses: %s', (_, source, destination) => {
    expect(() => encodeProxyV1(source, destination)).toThrow(RangeError);
    expect(() => encodeProxyV2(source, destination)).toThrow(RangeError);
  });

  it('refuses TLVs that do not fit', () => {
    expect(() => encodeProxyV2(v4.source, v4.destination, [{ type: 256, value: text('') }])).toThrow('TLV type');
    const long = { type: 1, value: new Uint8Array(65530) };
    expect(() => encodeProxyV2(v4.source, v4.destination, [long])).toThrow('too long');
  });
});

describe('decode', () => {
  const tlvs = [
    { type: 0xe1, value: text('secret') },
    { type: 0x04, value: new Uint8Array(0) },
  ];
  it.each([
    ['v1 IPv4', encodeProxyV1(v4.source, v4.destination), { version: 1, addresses: v4, tlvs: [] }],
    ['v1 IPv6', encodeProxyV1(v6.source, v6.destination), { version: 1, addresses: v6, tlvs: [] }],
    ['v2 IPv4', encodeProxyV2(v4.source, v4.destination, tlvs), { version: 2, addresses: v4, tlvs }],
    ['v2 IPv6', encodeProxyV2(v6.source, v6.destination), { version: 2, addresses: v6, tlvs: [] }],
    ['v1 UNKNOWN', text('PROXY UNKNOWN whatever 1 2\r\n'), { version: 1, tlvs: [] }],
    ['v2 LOCAL', hex(`${signature} 20 00 0000`), { version: 2, tlvs: [] }],
    ['v2 LOCAL with bytes to skip', hex(`${signature} 20 11 0003 ffffff`), { version: 2, tlvs: [] }],
    ['v2 Unix addresses', hex(`${signature} 21 31 00d8 ${'00'.repeat(216)}`), { version: 2, tlvs: [] }],
  ])('%s, alone, with payload and cut at each byte', (_, bytes, header) => {
    const whole = { kind: 'header', header, length: bytes.length };
    expect(decodeProxy(bytes)).toEqual(whole);
    expect(decodeProxy(Uint8Array.of(...bytes, 71, 69, 84))).toEqual(whole);
    for (let n = 0; n < bytes.length; n++) expect(decodeProxy(bytes.subarray(0, n))).toEqual({ kind: 'incomplete' });
  });

  it('keeps TLV values apart from the input buffer', () => {
    const bytes = encodeProxyV2(v4.source, v4.destination, tlvs);
    const decoded = decodeProxy(bytes);
    bytes.fill(0);
    expect(decoded.kind === 'header' && decoded.header.tlvs).toEqual(tlvs);
  });

  const address = '0af40105 0a60000c 9c41 0050';
  it.each([
    ['HTTP', text('GET / HTTP/1.1\r\n'), 'no PROXY header'],
    ['a TLS ClientHello', hex('16030100'), 'no PROXY header'],
    ['almost the word', text('PROXI'), 'no PROXY header'],
    ['an unknown family', text('PROXY UDP4 1.2.3.4 1.2.3.4 1 2\r\n'), 'not a version 1 header'],
    ['too few words', text('PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n'), 'not a version 1 header'],
    ['two blanks', text('PROXY TCP4  1.2.3.4 1.2.3.4 1 2\r\n'), 'not a version 1 header'],
    ['a port too large', text('PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n'), 'not a version 1 header'],
    ['a port with a sign', text('PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n'), 'not a version 1 header'],
    ['IPv6 under TCP4', text('PROXY TCP4 ::1 ::1 1 2\r\n'), 'not a version 1 header'],
    ['IPv4 under TCP6', text('PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n'), 'not a version 1 header'],
    ['no end of line', text(`PROXY UNKNOWN ${'x'.repeat(100)}`), 'no end of line'],
    ['a wrong signature', hex('0d0a0d0a000d0a515549540b'), 'wrong signature'],
    ['version 3', hex(`${signature} 31 11 000c ${address}`), 'version 3'],
    ['command 2', hex(`${signature} 22 11 000c ${address}`), 'command 2'],
    ['family 4', hex(`${signature} 21 41 000c ${address}`), 'address family 4'],
    ['protocol 3', hex(`${signature} 21 13 000c ${address}`), 'protocol 3'],
    ['addresses too short', hex(`${signature} 21 11 000b ${address}`), '11 bytes for addresses of 12'],
    ['half a TLV head', hex(`${signature} 21 11 000e ${address} e000`), 'over the end'],
    ['a TLV too long', hex(`${signature} 21 11 0010 ${address} e0000261`), 'over the end'],
  ])('refuses %s', (_, bytes, reason) => {
    expect(decodeProxy(bytes)).toEqual({ kind: 'malformed', reason: expect.stringContaining(reason) });
  });
});
