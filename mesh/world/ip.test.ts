import { describe, expect, it } from 'vitest';
import { formatIp, parseIp } from './ip.ts';

describe('IP addresses', () => {
  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['10.244.1.255', '10.244.1.255'],
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['FD00:0:0:0:0:0:0:5', 'fd00::5'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ])('%s is read and written as %s', (input, output) => {
    const bytes = parseIp(input);
    expect(bytes && formatIp(bytes)).toBe(output);
  });

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.0.0.1',
    '1.2.3.04',
    'a.b.c.d',
    ':::',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '12345::',
    'fe80::1%eth0',
    '1:2:3:4:5:6:7:8::',
  ])('refuses %j', (text) => expect(parseIp(text)).toBeUndefined());
});
