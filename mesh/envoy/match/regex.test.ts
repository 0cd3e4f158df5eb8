import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, toJavaScript } from './regex/javascript.ts';
import { compileProgram, runProgram } from './regex/linear.ts';
import { parseRegex } from './regex/parse.ts';
import { compileRegex, compileReplaceAll } from './regex.ts';

describe('matching the whole text', () => {
  // Rows: https://github.com/google/re2/wiki/Syntax; those of Istio's own patterns from golden a03, a14.
  it.each([
    ['/v[0-9]+/items/[a-z]+', ['/v1/items/ab'], ['/v1/items/', 'x/v1/items/a', '/v1/items/a\n']],
    ['.*Mobile.*', ['Mobile', 'a Mobile b'], ['mobile', 'a\nMobile']],
    ['spiffe://.+/ns/shop/(.+/|)sa/api(/.+)?', ['spiffe://td/ns/shop/sa/api'], ['spiffe://td/ns/x/sa/api']],
    ['(?i)abc', ['ABC', 'aBc'], ['abd']],
    ['a(?i:b)c', ['aBc'], ['ABc']],
    ['(?i)[^a]', ['b'], ['a', 'A']],
    ['(?s).*', ['a\nb'], []],
    ['.', ['a', '\r', '\u2028', '😀'], ['\n', '']],
    ['\\s', [' ', '\t', '\f'], ['\v', '\u00a0']],
    ['\\d\\D\\w\\W', ['1a_-'], ['1aa_']],
    ['[[:alpha:]]+[[:^digit:]]', ['abc'], ['ab1']],
    ['\\pL\\p{Greek}\\P{Greek}', ['aβa'], ['aaa']],
    ['[\\pN_]+', ['1_²'], ['a']],
    ['\\Qa.b\\E+', ['a.bb'], ['axb']],
    ['\\x41\\x{1F600}\\060', ['A😀0'], ['A']],
    ['a{2,3}', ['aa', 'aaa'], ['a', 'aaaa']],
    ['a{,3}', ['a{,3}'], ['aa']],
    ['(?P<name>a)|(?<other>b)', ['a', 'b'], ['ab']],
    ['^a$', ['a'], ['a\n']],
    ['(?m)a$\\n^b', ['a\nb'], ['a b']],
    ['\\Aa\\z', ['a'], ['ba']],
    ['[]a]', [']', 'a'], ['b']],
    ['[a-]', ['-'], ['b']],
    ['\\bfoo\\b.*', ['foo bar'], ['foobar']],
    ['a|ab', ['ab'], ['abc']],
    ['', [''], ['a']],
    ['(?U)a+', ['aaa'], ['']],
  ])('%s', (pattern, matching, others) => {
    const matches = compileRegex(pattern);
    expect(matching.filter((text) => !matches(text))).toEqual([]);
    expect(others.filter(matches)).toEqual([]);
  });

  it.each([
    ['(a)\\1', 'invalid escape sequence'],
    ['a(?=b)', 'invalid perl operator'],
    ['(?<!a)b', 'invalid perl operator'],
    ['(?>a)', 'invalid perl operator'],
    ['a**', 'bad repetition operator'],
    ['a++', 'bad repetition operator'],
    ['*a', 'no argument for repetition'],
    ['(a', 'missing )'],
    ['a)', 'unexpected )'],
    ['[a', 'missing ]'],
    ['[b-a]', 'invalid character class'],
    ['[[:no:]]', 'invalid character class'],
    ['\\p{Nope}', 'invalid character class'],
    ['\\Z', 'invalid escape sequence'],
    ['a\\', 'trailing \\'],
    ['a{1001}', 'invalid repetition size'],
    ['a{3,2}', 'invalid repetition size'],
    ['((a{100}){100}){100}', 'invalid repetition size'],
    [`${'('.repeat(2000)}a${')'.repeat(2000)}`, 'nests too deeply'],
    [`(${'[a-z]?'.repeat(300)}){500}`, 'pattern too large'],
  ])('refuses %s', (pattern, message) => expect(() => compileRegex(pattern)).toThrow(message));

  // Exponential or high polynomial time in a backtracking engine: the test would not end.
  it.each([
    ['(a+)+$', `${'a'.repeat(5000)}!`, false],
    ['(a|a)*b', 'a'.repeat(5000), false],
    ['(a?){30}a{30}', 'a'.repeat(30), true],
    [`${'a?'.repeat(60)}${'a'.repeat(60)}`, 'a'.repeat(60), true],
    ['.*.*.*.*.*=.*', 'x'.repeat(5000), false],
    ['(.*)*', 'x'.repeat(5000), true],
  ])('hostile %s ends', (pattern, text, matches) => expect(compileRegex(pattern)(text)).toBe(matches));
});

describe('replacing', () => {
  it.each([
    ['/regex/(.*)', '/r/\\1', '/regex/a/b', '/r/a/b'],
    ['b*', 'x', 'abc', 'xaxcx'],
    ['a', '', 'banana', 'bnn'],
    ['(a)(b)?', '[\\2\\1\\0]', 'ab a', '[baab] [aa]'],
    ['x', '\\\\', 'axb', 'a\\b'],
    ['^/v1', '/v2', '/v1/v1', '/v2/v1'],
    ['no', 'x', 'abc', 'abc'],
    // Envoy: route.RouteAction.regex_rewrite, examples of its documentation.
    ['^/service/([^/]+)(/.*)$', '\\2/instance/\\1', '/service/foo/v1/api', '/v1/api/instance/foo'],
    ['one', 'two', '/xxx/one/yyy/one/zzz', '/xxx/two/yyy/two/zzz'],
    ['^(.*?)one(.*)$', '\\1two\\2', '/xxx/one/yyy/one/zzz', '/xxx/two/yyy/one/zzz'],
    ['(?i)/xxx/', '/yyy/', '/aaa/XxX/bbb', '/aaa/yyy/bbb'],
  ])('%s by %s', (pattern, substitution, text, result) =>
    expect(compileReplaceAll(pattern, substitution)(text)).toBe(result),
  );

  it.each(['\\3', '\\a', 'a\\'])('refuses %s', (substitution) =>
    expect(() => compileReplaceAll('(a)(b)', substitution)).toThrow(),
  );
});

const atom = fc.constantFrom('a', 'b', '.', '[ab]', '[^a]', '\\w', '^', '$', '\\b', '(?i)A');
const patterns = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    atom,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('node'), fc.constantFrom('*', '+', '?', '{1,2}', '*?')).map(([a, q]) => `(?:${a})${q}`),
  ),
})).node;

it('both engines agree', () => {
  fc.assert(
    fc.property(patterns, fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' '), maxLength: 6 }), (source, text) => {
      const pattern = parseRegex(source);
      const slots = runProgram(compileProgram(pattern), text, { from: 0, anchored: true });
      expect(slots !== undefined).toBe(new RegExp(`^(?:${toJavaScript(pattern.root)})$`, 'u').test(text));
      // In loops over empty matches JavaScript differs from RE2; it never gets them.
      if (costOf(pattern.root).nested) return;
      const first = runProgram(compileProgram(pattern), text, { from: 0, anchored: false });
      const found = new RegExp(toJavaScript(pattern.root), 'u').exec(text);
      expect(first?.slice(0, 2)).toEqual(found ? [found.index, found.index + found[0].length] : undefined);
    }),
    { numRuns: 500 },
  );
});
