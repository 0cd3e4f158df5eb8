import type { JsonObject } from '../../../mesh/json.ts';
import type { Random } from '../../../mesh/world/random.ts';
import { type Case, type Feature, istio, type PodSpec, pick, type Request, type Slot } from '../feature.ts';
import { appV1, ask, destinationRule, serviceEntry, to, virtualService } from '../parts.ts';

/*
 * PeerAuthentication belongs to a pod, so each mode has one; what a caller does about TLS is a DestinationRule of the
 * case, for a service of its own that leads to one of those pods.
 */

const modes: readonly { name: string; mtls: JsonObject; ports?: JsonObject }[] = [
  { name: 'permissive', mtls: { mode: 'PERMISSIVE' } },
  { name: 'strict', mtls: { mode: 'STRICT' } },
  { name: 'disabled', mtls: { mode: 'DISABLE' } },
  { name: 'by-port', mtls: { mode: 'STRICT' }, ports: { 8080: { mode: 'PERMISSIVE' }, 9000: { mode: 'DISABLE' } } },
];

const podOf = (n: number): PodSpec => ({
  name: `tls-${modes[n]?.name}`,
  namespace: 'diff',
  ip: `10.244.4.${n + 1}`,
  serviceAccount: `tls-${n}`,
  labels: { app: `tls-${n}` },
});

const authentication = (n: number): JsonObject =>
  istio('PeerAuthentication', `tls-${n}`, {
    selector: { matchLabels: { app: `tls-${n}` } },
    mtls: modes[n]?.mtls ?? {},
    ...(modes[n]?.ports ? { portLevelMtls: modes[n]?.ports } : {}),
  });

const id = (account: string): string => `spiffe://cluster.local/ns/diff/sa/${account}`;

/** How the caller's side encrypts, and whom it expects. */
const tlsOf = (random: Random, n: number): JsonObject =>
  pick(random, [
    { mode: 'DISABLE' },
    { mode: 'ISTIO_MUTUAL' },
    { mode: 'ISTIO_MUTUAL', subjectAltNames: [id(`tls-${n}`)] },
    { mode: 'ISTIO_MUTUAL', subjectAltNames: [id('somebody-else')] },
    { mode: 'ISTIO_MUTUAL', subjectAltNames: [id('somebody-else'), id(`tls-${n}`)] },
    { mode: 'ISTIO_MUTUAL', sni: 'other.example' },
  ] as JsonObject[]);

const senders = ['client', 'other', 'legacy'];

/** By way of the Service, as the mesh decides by itself. */
function automatic(random: Random, { index }: Slot): Case {
  const n = index % modes.length;
  const vip = `10.96.1.${n + 3}`;
  const requests = [1, 2, 3].map((): Request => {
    const from = pick(random, senders);
    const address = pick(random, [vip, podOf(n).ip]);
    const port = address === vip ? 80 : 8080;
    return pick(random, [0, 1, 2]) === 0
      ? { kind: 'tcp', from, to: `${address}:9000`, send: 'hello' }
      : { from, to: `${address}:${port}`, headers: [['host', podOf(n).name]] };
  });
  return { name: `${modes[n]?.name}: ${requests.map((r) => `${r.from} to ${r.to}`)}`, objects: [], requests };
}

/** By way of a service of the case, whose DestinationRule says how. */
function ruled(random: Random, slot: Slot): Case {
  const n = slot.index % modes.length;
  const tls = tlsOf(random, n);
  const entry = serviceEntry(slot, [{ address: podOf(n).ip }]);
  return {
    name: `${modes[n]?.name} with ${JSON.stringify(tls)}`,
    objects: [
      { ...entry, spec: { ...(entry.spec as JsonObject), location: 'MESH_INTERNAL' } },
      virtualService(slot, [{ route: [to(slot.host)], retries: { attempts: pick(random, [0, 1]) } }]),
      destinationRule(slot, { tls }),
    ],
    requests: [ask(slot), ask(slot, { from: 'client', path: '/again' })],
  };
}

/** Another subset of one Service, with settings of its own. */
function bySubset(random: Random, slot: Slot): Case {
  const tls = pick(random, [{ mode: 'DISABLE' }, { mode: 'ISTIO_MUTUAL' }] as JsonObject[]);
  const subset = { name: slot.name, labels: { app: 'app' }, trafficPolicy: { tls } };
  return {
    name: `a subset with ${JSON.stringify(tls)}`,
    objects: [
      virtualService(slot, [{ route: [to(appV1, { subset: slot.name })] }]),
      istio('DestinationRule', slot.name, { host: appV1, subsets: [subset] }),
    ],
    requests: [ask(slot), ask(slot)],
  };
}

const kinds = [automatic, ruled, automatic, ruled, bySubset];

export const tls: Feature = {
  id: 'tls',
  title: 'TLS: PERMISSIVE, STRICT, DISABLE, by port, identities expected, SNI',
  pods: modes.map((_, n) => podOf(n)),
  shared: modes.map((_, n) => authentication(n)),
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => (kinds[i % kinds.length] ?? automatic)(random, slot(i))),
};
