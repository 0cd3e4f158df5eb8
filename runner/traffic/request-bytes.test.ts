import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../mesh/problem.ts';
import { prepareRequest } from './request-bytes.ts';

const plan = { url: 'http://customers/', method: 'GET', headers: {}, timeoutMs: 1000 };
const common = 'user-agent: mesh-labs\r\naccept: */*\r\n';

describe('a request', () => {
  it.each([
    ['plain', {}, `GET / HTTP/1.1\r\nhost: customers\r\n${common}\r\n`],
    [
      'path and query',
      { url: 'http://customers:8080/a%20b?x=1#part' },
      `GET /a%20b?x=1 HTTP/1.1\r\nhost: customers:8080\r\n${common}\r\n`,
    ],
    [
      'own headers win',
      { headers: { Host: 'shop.example.com', Accept: 'text/html', 'X-User': 'debug' } },
      'GET / HTTP/1.1\r\nhost: shop.example.com\r\nuser-agent: mesh-labs\r\naccept: text/html\r\nx-user: debug\r\n\r\n',
    ],
    [
      'a body',
      { method: 'POST', body: 'ä' },
      `POST / HTTP/1.1\r\nhost: customers\r\n${common}content-length: 2\r\n\r\nä`,
    ],
  ])('%s', (_, changes, text) => expect(prepareRequest({ ...plan, ...changes }).bytes.toString()).toBe(text));

  it.each([
    ['http://customers/', { host: 'customers', port: 80, isTls: false }],
    ['https://shop.example.com/', { host: 'shop.example.com', port: 443, isTls: true }],
    ['https://10.0.0.1:8443/', { host: '10.0.0.1', port: 8443, isTls: true }],
    ['http://[fd00::1]:81/', { host: '[fd00::1]', port: 81, isTls: false }],
  ])('%s goes to %j', (url, target) => expect(prepareRequest({ ...plan, url })).toMatchObject(target));

  it.each([
    ['no URL', { url: 'customers' }, 'not an http or https URL'],
    ['another scheme', { url: 'file:///etc/passwd' }, 'not an http or https URL'],
    ['a method with a blank', { method: 'GET /x' }, 'not a method'],
    ['a header name with a colon', { headers: { 'a:b': 'c' } }, 'not a header name'],
    ['a line end in a value', { headers: { a: 'b\r\nc: d' } }, 'cannot be sent'],
    ['a letter beyond Latin-1', { headers: { a: '→' } }, 'cannot be sent'],
  ])('refused: %s', (_, changes, message) => {
    expect(() => prepareRequest({ ...plan, ...changes })).toThrow(ProblemError);
    expect(() => prepareRequest({ ...plan, ...changes })).toThrow(message);
  });
});
