import { once } from 'node:events';
import { createServer, type Server as NetServer } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { startDns } from '../../mesh/host/dns/server.ts';
import { createAuthority } from '../../test/support/authority.ts';
import { listen } from '../../test/support/sockets.ts';
import { dialer } from './dial.ts';
import { failure } from './failure.ts';
import type { EdgeDial } from './types.ts';

const name = '_443.gateway.default.edge.mesh-labs';
const never = new AbortController().signal;
const [ours, theirs] = await Promise.all([createAuthority('ours'), createAuthority('theirs')]);
const [site, own, strange] = await Promise.all([ours.issue('a.example'), ours.issue('client'), theirs.issue('client')]);

/** Answers with the server name and the client's name, as `SNI client`. */
const gateway = () =>
  createTlsServer(
    { cert: site.certificate, key: site.key, ca: ours.certificate, requestCert: true, rejectUnauthorized: false },
    (socket: TLSSocket & { servername?: string }) =>
      void socket.end(`${socket.servername} ${socket.getPeerCertificate().subject?.CN ?? 'nobody'}`),
  );

interface Asked {
  tls?: Partial<EdgeDial['tls']>;
  ca?: string;
  isTls?: boolean;
}

/** What a client gets of a server; without one, of a port that nothing serves. */
async function ask(server: NetServer | undefined, { tls, ca, isTls = true }: Asked): Promise<string> {
  await using at = await listen(server ?? createServer());
  const srv = server ? [{ port: at.port, target: 'localhost' }] : [];
  const dns = await startDns({ lookup: (asked) => (asked === name ? { ipv4: [], ipv6: [], srv } : undefined) });
  const dial = dialer({
    ...{ kind: 'edge', name, destination: 'gateway.default:443', dns: { address: '127.0.0.1', port: dns.port } },
    tls: { serverName: 'a.example', insecure: false, ...tls },
    ...(ca !== undefined && { ca }),
  });
  try {
    const socket = await dial({ host: 'gateway.default', port: 443, isTls }, never);
    const [text] = await once(socket, 'data');
    socket.destroy();
    return String(text);
  } catch (error) {
    const { kind, message } = failure(error);
    return `${kind}: ${message}`;
  } finally {
    await dns.close();
  }
}

const pair = ({ certificate, key }: typeof own) => ({ certificate: { chain: certificate, key } });
const trusting = ours.certificate;

describe('a client at the edge', () => {
  it.each<[string, Asked, RegExp]>([
    ['asks for the name that it was told', { ca: trusting }, /^a\.example nobody$/],
    ['shows its certificate', { ca: trusting, tls: pair(own) }, /^a\.example client$/],
    ['shows one that nobody asked for', { ca: trusting, tls: pair(strange) }, /^a\.example client$/],
    ['trusts nobody unknown', {}, /^TLS: SELF_SIGNED_CERT_IN_CHAIN/],
    ['trusts nobody else', { ca: theirs.certificate }, /^TLS: /],
    [
      'wants the name that it asked for',
      { ca: trusting, tls: { serverName: 'b.example' } },
      /^TLS: ERR_TLS_CERT_ALTNAME/,
    ],
    ['takes anything when told so', { tls: { insecure: true, serverName: 'b.example' } }, /^b\.example nobody$/],
  ])('%s', async (_, asked, said) => {
    expect(await ask(gateway(), asked)).toMatch(said);
  });

  it('is refused where nothing listens', async () => {
    expect(await ask(undefined, {})).toBe('ECONNREFUSED: connect ECONNREFUSED gateway.default:443');
  });

  it('speaks plainly for http', async () => {
    const plain = createServer((socket) => void socket.end('plain'));
    expect(await ask(plain, { isTls: false })).toBe('plain');
  });
});
