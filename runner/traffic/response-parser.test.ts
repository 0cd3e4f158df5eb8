import { describe, expect, it } from 'vitest';
import { type Response, ResponseParser } from './response-parser.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const head = 'HTTP/1.1 200 OK\r\n';

/** The answer when the text comes in one piece, then the end. */
function whole(text: string, method = 'GET'): Response | undefined {
  const parser = new ResponseParser(method);
  return parser.push(bytes(text)) ?? parser.end();
}

function pieces(text: string, at: number, method: string): Response | undefined {
  const parser = new ResponseParser(method);
  return parser.push(bytes(text.slice(0, at))) ?? parser.push(bytes(text.slice(at))) ?? parser.end();
}

interface Case {
  text: string;
  method?: string;
  status?: number;
  body?: string;
  headers?: Response['headers'];
  isReusable?: boolean;
}

const answers: [string, Case][] = [
  [
    'a length',
    {
      text: `${head}Content-Length: 2\r\nX-A: b\r\n\r\nhi`,
      body: 'hi',
      headers: { 'content-length': '2', 'x-a': 'b' },
    },
  ],
  ['length 0', { text: `${head}content-length: 0\r\n\r\n` }],
  ['no reason phrase', { text: 'HTTP/1.1 503 \r\ncontent-length: 0\r\n\r\n', status: 503 }],
  [
    'chunks',
    {
      text: `${head}transfer-encoding: chunked\r\n\r\n2\r\nhi\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n`,
      body: 'hi0123456789',
    },
  ],
  [
    'chunks with a trailer',
    { text: `${head}transfer-encoding: gzip, Chunked\r\n\r\n1\r\na\r\n0\r\nx-sum: 1\r\n\r\n`, body: 'a' },
  ],
  ['no chunk', { text: `${head}transfer-encoding: chunked\r\n\r\n0\r\n\r\n` }],
  ['up to the end', { text: `${head}\r\nhello`, body: 'hello', isReusable: false }],
  ['nothing up to the end', { text: `${head}\r\n`, isReusable: false }],
  ['HEAD', { text: `${head}content-length: 5\r\n\r\n`, method: 'HEAD' }],
  ['HEAD of chunks', { text: `${head}transfer-encoding: chunked\r\n\r\n`, method: 'HEAD' }],
  ['204', { text: 'HTTP/1.1 204 No Content\r\n\r\n', status: 204 }],
  ['304 with a length', { text: 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n', status: 304 }],
  [
    '100 before it',
    {
      text: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n${head}content-length: 0\r\n\r\n`,
      headers: { 'content-length': '0' },
    },
  ],
  ['close', { text: `${head}connection: Close\r\ncontent-length: 0\r\n\r\n`, isReusable: false }],
  ['HTTP/1.0', { text: 'HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n', isReusable: false }],
  ['HTTP/1.0 kept alive', { text: 'HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n' }],
  [
    'repeated headers',
    {
      text: `${head}a: 1\r\nA:2\r\nset-cookie: x=1\r\nset-cookie: y=2\r\ncontent-length: 0\r\n\r\n`,
      headers: { a: '1, 2', 'set-cookie': 'x=1\ny=2', 'content-length': '0' },
    },
  ],
];

describe('an answer', () => {
  it.each(answers)(
    'with %s, in one piece and cut at each byte',
    (_, { text, method = 'GET', headers, ...expected }) => {
      const answer = { status: 200, body: '', isReusable: true, ...expected };
      expect(whole(text, method)).toMatchObject(answer);
      if (headers) expect(whole(text, method)?.headers).toEqual(headers);
      for (let at = 1; at < text.length; at++)
        expect(pieces(text, at, method), `cut at ${at}`).toEqual(whole(text, method));
    },
  );

  it('may be UTF-8, cut within a letter', () => {
    const parser = new ResponseParser('GET');
    const text = Buffer.from(`${head}content-length: 4\r\n\r\näö`);
    expect(parser.push(text.subarray(0, text.length - 3))).toBeUndefined();
    expect(parser.push(text.subarray(text.length - 3))?.body).toBe('äö');
  });

  it.each([
    ['by length', `content-length: 200000\r\n\r\n${'x'.repeat(200_000)}`],
    ['in chunks', `transfer-encoding: chunked\r\n\r\n30d40\r\n${'x'.repeat(200_000)}\r\n0\r\n\r\n`],
  ])('is read whole and kept to 64 KiB (%s)', (_, rest) => {
    const answer = whole(head + rest);
    expect([answer?.body.length, answer?.isReusable]).toEqual([65_536, true]);
  });

  it('followed by more is the last on its connection', () => {
    expect(whole(`${head}content-length: 1\r\n\r\nab`)).toMatchObject({ body: 'a', isReusable: false });
  });
});

describe('no answer', () => {
  it.each([
    ['', 'without an answer'],
    ['HTTP/1.1 200', 'in the headers of an answer'],
    [`${head}content-length: 3\r\n\r\nhi`, 'in the body of an answer with status 200'],
    [`${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n`, 'in the body of an answer with status 200'],
  ])('%j', (text, progress) => {
    const parser = new ResponseParser('GET');
    expect(parser.push(bytes(text)) ?? parser.end()).toBeUndefined();
    expect(parser.progress).toBe(progress);
  });

  it.each([
    ['another protocol', 'SSH-2.0-x\r\n\r\n', 'not an HTTP/1.1 answer'],
    ['HTTP/2', 'HTTP/2 200\r\n\r\n', 'not an HTTP/1.1 answer'],
    ['a header without a colon', `${head}what\r\n\r\n`, 'not a header'],
    ['a length that is no number', `${head}content-length: -1\r\n\r\n`, 'not a content-length'],
    ['two lengths', `${head}content-length: 1\r\ncontent-length: 2\r\n\r\n`, 'not a content-length'],
    ['a chunk size that is no number', `${head}transfer-encoding: chunked\r\n\r\nzz\r\n`, 'not a chunk size'],
    ['a chunk that is too long', `${head}transfer-encoding: chunked\r\n\r\n1\r\nab\r\n`, 'longer than it says'],
    ['headers without end', head + 'a'.repeat(70_000), 'more than 64 KiB of headers'],
  ])('%s', (_, text, message) => {
    expect(() => whole(text)).toThrow(message);
  });
});
