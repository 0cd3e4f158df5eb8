import { webcrypto } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import '../../mesh/istiod/ca/reflect.ts';
import * as x509 from '@peculiar/x509';
import { describe, expect, it } from 'vitest';
import { capture, listen } from '../../test/support/sockets.ts';
import { collect, trafficPlan, withTraffic } from '../../test/support/traffic-run.ts';
import { failure } from './failure.ts';
import type { DialSpec, RawObservation } from './types.ts';

const never = new AbortController().signal;
const direct: DialSpec = { kind: 'direct' };
const head = 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n';
/** Does this with a connection once a request has arrived. */
const onRequest = (act: (socket: Socket) => void): Server =>
  createServer((socket) => socket.once('data', () => act(socket)));

/** One request to a TCP server on this machine. */
async function observe(
  server: Server,
  { scheme = 'http', timeoutMs = 60_000, dial = direct } = {},
): Promise<RawObservation | undefined> {
  await using listening = await listen(server);
  const url = `${scheme}://127.0.0.1:${listening.port}/`;
  let observation: RawObservation | undefined;
  await withTraffic(
    () => {},
    async ({ traffic }) => {
      const plan = trafficPlan({ request: { url, timeoutMs }, limit: { requests: 1 } });
      [observation] = await collect(traffic.send(plan, dial, never));
    },
  );
  return observation;
}

describe('without an answer', () => {
  it.each([
    ['a reset', onRequest((s) => s.resetAndDestroy()), 'ECONNRESET', /ECONNRESET/],
    ['a reset before the request', createServer((s) => s.resetAndDestroy()), 'ECONNRESET', /ECONNRESET/],
    ['an orderly end', onRequest((s) => s.end()), 'EOF', /without an answer/],
    ['an end within the headers', onRequest((s) => s.end('HTTP/1.1 200')), 'EOF', /in the headers/],
    [
      'an end within the body',
      onRequest((s) => s.end(`${head}short`)),
      'EOF',
      /in the body of an answer with status 200/,
    ],
    [
      'something else than HTTP',
      onRequest((s) => s.end('220 smtp.example.com\r\n\r\n')),
      'OTHER',
      /not an HTTP\/1\.1 answer/,
    ],
  ])('%s: %s', async (_, server, kind, message) => {
    const observation = await observe(server);
    expect(observation?.error).toEqual({ kind, message: expect.stringMatching(message) });
    expect(observation).not.toHaveProperty('status');
    expect(observation?.latencyMs).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ['before the headers', ''],
    ['within the body', `${head}short`],
  ])('silence %s: ETIMEDOUT', async (_, text) => {
    const observation = await observe(
      onRequest((s) => s.write(text)),
      { timeoutMs: 50 },
    );
    expect(observation?.error).toEqual({ kind: 'ETIMEDOUT', message: 'no complete answer in 50 ms' });
  });

  it('nobody listens: ECONNREFUSED', async () => {
    const closed = await listen(createServer());
    await closed[Symbol.asyncDispose]();
    await withTraffic(
      () => {},
      async ({ traffic }) => {
        const plan = trafficPlan({ request: { url: `http://127.0.0.1:${closed.port}/` }, limit: { requests: 2 } });
        const observations = await collect(traffic.send(plan, direct, never));
        expect(observations.map((o) => o.error?.kind)).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
      },
    );
  });
});

describe('in a pod', () => {
  it.each<[string, { url?: string; dial?: object }, string, RegExp]>([
    ['an unknown name', { url: 'http://custmers/' }, 'ENOTFOUND', /getaddrinfo ENOTFOUND custmers/],
    ['no proxy', { dial: { socket: 'nowhere.sock' } }, 'ECONNREFUSED', /^connect ECONNREFUSED 10\.96\.0\.12:80$/],
    ['a DNS that is down', { dial: { dns: { address: '127.0.0.1', port: 1 } } }, 'OTHER', /EAI_AGAIN customers/],
  ])('%s: %s %s', (_, { url = 'http://customers/', dial }, kind, message) =>
    withTraffic(
      () => {},
      async (run) => {
        const plan = trafficPlan({ request: { url }, limit: { requests: 1 } });
        const [observation] = await collect(run.traffic.send(plan, { ...run.dial, ...dial } as DialSpec, never));
        expect(observation?.error).toEqual({ kind, message: expect.stringMatching(message) });
      },
    ),
  );

  it('a reset of the world, over the port with the secret: ECONNRESET', () =>
    withTraffic(
      () => {},
      async (run) => {
        const secrets: string[] = [];
        await using world = await listen(
          capture((socket, { tlvs }) => {
            secrets.push(...tlvs.map((t) => new TextDecoder().decode(t.value)));
            socket.resetAndDestroy();
          }),
        );
        if (run.dial.kind !== 'captured') throw new Error('the run is captured');
        const { sourceIp, dns, search } = run.dial;
        const dial: DialSpec = { kind: 'captured', sourceIp, dns, search, port: world.port, secret: 'ab12' };
        const [observation] = await collect(run.traffic.send(trafficPlan({ limit: { requests: 1 } }), dial, never));
        expect([observation?.error?.kind, secrets]).toEqual(['ECONNRESET', ['ab12']]);
      },
    ));
});

async function selfSigned(ip = '127.0.0.1'): Promise<{ cert: string; key: string }> {
  x509.cryptoProvider.set(webcrypto as Crypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = (await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=test',
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension([{ type: 'ip', value: ip }])],
  });
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  return {
    cert: certificate.toString('pem'),
    key: `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`,
  };
}

describe('TLS', () => {
  const answering = (options: object) =>
    createTlsServer(options, (s) =>
      s.on('error', () => {}).once('data', () => s.end('HTTP/1.1 200 OK\r\n\r\nhi')),
    ) as Server;

  it('with a known authority is answered', async () => {
    const pair = await selfSigned();
    const observation = await observe(answering(pair), { scheme: 'https', dial: { ...direct, ca: pair.cert } });
    expect(observation).toMatchObject({ status: 200, body: 'hi' });
  });

  it.each([
    ['an unknown authority', async () => answering(await selfSigned()), 'TLS', /SELF_SIGNED/],
    ['plain HTTP behind https', async () => onRequest((s) => s.end('HTTP/1.1 400 Bad Request\r\n\r\n')), 'TLS', /./],
    ['an end in the handshake', async () => onRequest((s) => s.end()), 'EOF', /during the TLS handshake/],
    ['a reset in the handshake', async () => onRequest((s) => s.resetAndDestroy()), 'ECONNRESET', /ECONNRESET/],
  ] as const)('%s: %s %s', async (_, server, kind, message) => {
    const observation = await observe(await server(), { scheme: 'https' });
    expect(observation?.error).toEqual({ kind, message: expect.stringMatching(message) });
  });

  it('with a certificate of another name: TLS', async () => {
    const pair = await selfSigned('127.0.0.2');
    const observation = await observe(answering(pair), { scheme: 'https', dial: { ...direct, ca: pair.cert } });
    expect(observation?.error).toEqual({ kind: 'TLS', message: expect.stringContaining('ALTNAME') });
  });

  it('without the certificate that the server wants: TLS', async () => {
    const pair = await selfSigned();
    const server = answering({ ...pair, requestCert: true, rejectUnauthorized: true, ca: pair.cert });
    const observation = await observe(server, { scheme: 'https', dial: { ...direct, ca: pair.cert } });
    expect(observation?.error?.kind).toBe('TLS');
  });
});

it.each([
  ['EPIPE', 'write EPIPE', 'EPIPE', 'write EPIPE'],
  ['EACCES', 'connect EACCES', 'OTHER', 'connect EACCES'],
  ['EMFILE', 'too many files', 'OTHER', 'EMFILE: too many files'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version', 'TLS', 'wrong version'],
])('the code %s is %s', (code, message, kind, text) => {
  expect(failure(Object.assign(new Error(message), { code }))).toEqual({ kind, message: text });
});
