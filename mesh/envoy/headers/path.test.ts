import { describe, expect, it } from 'vitest';
import { normalizePath } from './path.ts';

const off = { normalizePath: false, mergeSlashes: false, escapedSlashes: 'KEEP_UNCHANGED' };
const on = { ...off, normalizePath: true };

// Measured on Envoy 1.40.
describe('with normalizePath', () => {
  it.each<[string, string | undefined]>([
    ['/a/../b', '/b'],
    ['/a/./b', '/a/b'],
    ['/a//b', '/a//b'],
    ['/a%2fb', '/a%2fb'],
    ['/a%2Fb/../c', '/c'],
    ['/%61', '/a'],
    ['/a%5cb', '/a%5cb'],
    ['/a\\b', '/a/b'],
    ['/..', '/'],
    ['/../a', '/a'],
    ['/a/..', '/'],
    ['/a/.', '/a/'],
    ['/a/b/', '/a/b/'],
    ['/a%00', undefined],
    ['/a%', '/a%'],
    ['/a%zz', '/a%zz'],
    ['/a?x/../y', '/a?x/../y'],
    ['/a/%2e%2e/b', '/b'],
    ['//a', '//a'],
    ['/a;b=c', '/a;b=c'],
    ['/%7Eu', '/~u'],
    ['/a%20b', '/a%20b'],
    ['/A%2d', '/A-'],
    ['/%25', '/%25'],
    ['/a|b', '/a%7Cb'],
    ['/<>"^`{}', '/%3C%3E%22%5E%60%7B%7D'],
    ["/!$&'()*+,-.:;=@[]_~", "/!$&'()*+,-.:;=@[]_~"],
    ['/%3C%3e', '/%3C%3e'],
    ['/a#f', undefined],
  ])('%s', (path, expected) => expect(normalizePath(path, on)).toBe(expected));
});

describe('otherwise', () => {
  it.each<[string, string, typeof on, string | undefined]>([
    ['nothing', '/a/../b//c|%61', off, '/a/../b//c|%61'],
    ['a fragment', '/a#f', off, undefined],
    ['merging', '/a//b///c?d//e', { ...on, mergeSlashes: true }, '/a/b/c?d//e'],
    ['merging at the start', '//a', { ...on, mergeSlashes: true }, '/a'],
    ['rejecting', '/a%2Fb', { ...on, escapedSlashes: 'REJECT_REQUEST' }, undefined],
    ['rejecting', '/a%5cb', { ...on, escapedSlashes: 'REJECT_REQUEST' }, undefined],
    ['rejecting, plain', '/a\\b', { ...on, escapedSlashes: 'REJECT_REQUEST' }, '/a/b'],
    ['unescaping', '/a%2Fb/../c', { ...on, escapedSlashes: 'UNESCAPE_AND_FORWARD' }, '/a/c'],
    ['unescaping', '/a%5cb', { ...on, escapedSlashes: 'UNESCAPE_AND_FORWARD' }, '/a/b'],
  ])('%s', (_, path, setting, expected) => expect(normalizePath(path, setting)).toBe(expected));
});
