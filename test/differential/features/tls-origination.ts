import type { Credential } from '../../../mesh/istiod/ca/credentials.ts';
import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { createAuthority } from '../../support/authority.ts';
import { type Case, type Feature, istio, type PodSpec, pick, type Slot } from '../feature.ts';
import { appV1, ask, inTurn, to } from '../parts.ts';

/*
 * The sidecar of the client encrypts, as a DestinationRule says; who decrypts is a gateway, which has the certificates
 * that a server of the world outside might have. Another gateway looks at the server name only and passes the bytes on.
 */

const gateway = (name: string, ip: string): PodSpec => ({
  ...{ name, ip, namespace: 'diff', labels: { istio: name }, serviceAccount: name },
  ...{ app: false, proxy: 'gateway' },
});
const ends = gateway('tls-ends', '10.244.5.1');
const passes = gateway('tls-passes', '10.244.5.2');

/** What servers show: `*.test` of an authority that clients know, and others. */
const servers = ['known', 'elsewhere', 'foreign', 'expired'] as const;

async function credentials(): Promise<ReadonlyMap<string, Credential>> {
  const [ours, foreign] = await Promise.all([createAuthority('ours'), createAuthority('foreign')]);
  const past = new Date('2025-06-01');
  const pairs = {
    known: await ours.issue('*.test'),
    elsewhere: await ours.issue('elsewhere.example'),
    foreign: await foreign.issue('*.test'),
    expired: await ours.issue('*.test', past),
    client: await ours.issue('client.test'),
    stranger: await foreign.issue('client.test'),
  };
  const certificates = Object.entries(pairs).map(([name, { certificate, key }]): [string, Credential] => [
    name,
    { kind: 'certificate', certificate, key },
  ]);
  const roots: Credential = { kind: 'roots', bundle: ours.certificate };
  return new Map<string, Credential>([
    ...certificates.map(([name, found]): [string, Credential] => [`kubernetes://${name}`, found]),
    ...certificates.map(([name, found]): [string, Credential] => [`file-cert:/${name}.pem~/${name}.key`, found]),
    ...certificates.map(([name]): [string, Credential] => [`kubernetes://${name}-cacert`, roots]),
    ['file-root:/ours.pem', roots],
    ['file-root:system', { kind: 'roots', bundle: foreign.certificate }],
  ]);
}

interface Server {
  certificate: string;
  mode: 'SIMPLE' | 'MUTUAL';
  /** Server names it answers to. */
  hosts: readonly string[];
}

/** The slot's service is outside, on the gateway; its sidecars encrypt by `tls`. */
function objectsOf(slot: Slot, { certificate, mode, hosts }: Server, tls: JsonObject): JsonObject[] {
  const { name, host, vip } = slot;
  const port = { number: 443, name: `https-${name}`, protocol: 'HTTPS' };
  return [
    istio('ServiceEntry', name, {
      ...{ hosts: [host], addresses: [vip], location: 'MESH_EXTERNAL', resolution: 'STATIC' },
      ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }],
      endpoints: [{ address: ends.ip }],
    }),
    istio('DestinationRule', name, {
      host,
      ...('credentialName' in tls ? { workloadSelector: { matchLabels: { app: 'client' } } } : {}),
      trafficPolicy: { tls },
    }),
    istio('Gateway', name, {
      selector: ends.labels,
      servers: [{ port, hosts: [...hosts], tls: { mode, credentialName: certificate } }],
    }),
    istio('VirtualService', name, {
      ...{ hosts: [...hosts], gateways: [name] },
      http: [{ route: [to(appV1, { port: { number: 80 } })] }],
    }),
  ];
}

const client = (who: string): JsonObject => ({ clientCertificate: `/${who}.pem`, privateKey: `/${who}.key` });
const ours: JsonObject = { caCertificates: '/ours.pem' };

const described = (server: Server, tls: JsonObject): string =>
  `${server.mode} server ${server.certificate} for ${server.hosts}, client ${JSON.stringify(tls)}`;

const caseOf = (slot: Slot, server: Server, tls: JsonObject): Case => ({
  name: described(server, tls),
  objects: objectsOf(slot, server, tls),
  requests: [
    ask(slot, { to: `${slot.vip}:80`, headers: [['x-do', '200 x-a:b']] }),
    ask(slot, { to: `${slot.vip}:80`, path: '/again' }),
  ],
});

/** As whom the client expects a server that it would trust. */
const names = (random: Random, { host }: Slot): JsonObject =>
  pick(random, [
    {},
    {},
    { sni: host },
    { subjectAltNames: [host] },
    { subjectAltNames: ['*.test'] },
    { subjectAltNames: ['elsewhere.example', 'x.example'] },
    { sni: host, subjectAltNames: ['x.example'] },
    { sni: 'elsewhere.example' },
  ] as JsonObject[]);

const named = (slot: Slot, random: Random): Case => {
  const server: Server = { certificate: pick(random, ['known', 'elsewhere']), mode: 'SIMPLE', hosts: [slot.host] };
  return caseOf(slot, server, { mode: 'SIMPLE', ...ours, ...names(random, slot) });
};

/** Whom the client trusts. */
const simple = (slot: Slot, random: Random): Case => {
  const server: Server = {
    certificate: pick(random, [...servers, 'known', 'known']),
    mode: 'SIMPLE',
    hosts: [slot.host],
  };
  const trust = pick(random, [ours, ours, ours, {}, { insecureSkipVerify: true }, { caCertificates: '/gone.pem' }]);
  return caseOf(slot, server, { mode: 'SIMPLE', ...names(random, slot), ...trust });
};

/** As whom the client comes. */
const mutual = (slot: Slot, random: Random): Case => {
  const server: Server = {
    certificate: 'known',
    mode: pick(random, ['MUTUAL', 'MUTUAL', 'SIMPLE']),
    hosts: [slot.host],
  };
  const tls = pick(random, [
    { mode: 'MUTUAL', ...ours, ...client('client') },
    { mode: 'MUTUAL', ...ours, ...client('stranger') },
    { mode: 'MUTUAL', ...ours, ...client('gone') },
    { mode: 'MUTUAL', credentialName: 'client' },
    { mode: 'MUTUAL', credentialName: 'gone' },
    { mode: 'SIMPLE', ...ours },
    { mode: 'SIMPLE', credentialName: 'known' },
    { mode: 'ISTIO_MUTUAL' },
  ] as JsonObject[]);
  return caseOf(slot, server, tls);
};

/** A gateway in between, which knows only the server's name. */
const passedThrough = (slot: Slot, random: Random): Case => {
  const { name, host } = slot;
  const inner = `inner-${host}`;
  const isKnown = pick(random, [true, true, false]);
  const server: Server = { certificate: pick(random, ['known', 'foreign']), mode: 'SIMPLE', hosts: [host] };
  const tls = { mode: 'SIMPLE', ...ours, sni: isKnown ? host : 'unknown.test' };
  const objects = objectsOf(slot, server, tls);
  const entry = objects.find((o) => o.kind === 'ServiceEntry');
  const spec = entry?.spec as JsonObject;
  return {
    name: `through a gateway: ${described(server, tls)}`,
    objects: [
      ...objects.filter((o) => o !== entry),
      { ...entry, spec: { ...spec, endpoints: [{ address: passes.ip }] } },
      istio('ServiceEntry', `${name}-inner`, {
        ...{ hosts: [inner], location: 'MESH_EXTERNAL', resolution: 'STATIC' },
        ports: [{ number: 443, name: 'tls', protocol: 'TLS' }],
        endpoints: [{ address: ends.ip }],
      }),
      istio('Gateway', `${name}-passes`, {
        selector: passes.labels,
        servers: [
          { port: { number: 443, name: `tls-${name}`, protocol: 'TLS' }, hosts: [host], tls: { mode: 'PASSTHROUGH' } },
        ],
      }),
      istio('VirtualService', `${name}-passes`, {
        ...{ hosts: [host], gateways: [`${name}-passes`] },
        tls: [{ match: [{ port: 443, sniHosts: [host] }], route: [to(inner, { port: { number: 443 } })] }],
      }),
    ],
    requests: [ask(slot, { to: `${slot.vip}:80` }), ask(slot, { to: `${slot.vip}:80`, path: '/again' })],
  };
};

export const tlsOrigination: Feature = {
  id: 'tls-origination',
  title: 'TLS to servers outside: SIMPLE, MUTUAL, whom to trust, names, SNI, PASSTHROUGH',
  pods: [ends, passes],
  credentials,
  cases: inTurn([simple, mutual, named, passedThrough, mutual, simple, named]),
};
