import { describe, expect, it } from 'vitest';
import { re2Error } from './re2.ts';

// Words: Go's regexp/syntax, ErrorCode.
describe('RE2', () => {
  it.each([
    '',
    'a.*b+?c{2,3}',
    '^/api/v[0-9]+(/.*)?$',
    '(?i)abc',
    '(?i:abc)(?P<name>x)(?<other>y)',
    '[]a]|[^]]|[[:alpha:]-]',
    '\\d\\w\\s\\bx\\.\\-\\x41\\x{1F600}\\pL\\p{Greek}',
    'a{,2}{x}',
    '(?:a|b)*',
    'a\\Q(?=[\\Eb+',
  ])('takes %j', (pattern) => expect(re2Error(pattern)).toBeUndefined());

  it.each([
    ['[', 'missing closing ]: `[`'],
    ['a[b', 'missing closing ]: `[b`'],
    ['(a', 'missing closing ): `(a`'],
    ['a)', 'unexpected ): `a)`'],
    ['*a', 'missing argument to repetition operator: `*`'],
    ['a|*', 'missing argument to repetition operator: `*`'],
    ['a**', 'invalid nested repetition operator: `**`'],
    ['a{1001}', 'invalid repeat count: `{1001}`'],
    ['a{3,2}', 'invalid repeat count: `{3,2}`'],
    ['[z-a]', 'invalid character class range: `z-a`'],
    ['a\\', 'trailing backslash at end of expression: ``'],
    ['(a)\\1', 'invalid escape sequence: `\\1`'],
    ['\\y', 'invalid escape sequence: `\\y`'],
    ['(?=a)', 'invalid or unsupported Perl syntax: `(?=`'],
    ['(?!a)', 'invalid or unsupported Perl syntax: `(?!`'],
    ['(?<=a)b', 'invalid named capture: `(?<=a)b`'],
    ['(?P=n)', 'invalid or unsupported Perl syntax: `(?P`'],
    ['(?>a)', 'invalid or unsupported Perl syntax: `(?>`'],
    ['(?P<a b>c)', 'invalid named capture: `(?P<a b>`'],
  ])('refuses %j: %s', (pattern, error) => expect(re2Error(pattern)).toBe(`error parsing regexp: ${error}`));
});
