import { describe, expect, it } from 'vitest';
import { meshOf, shop } from '../../../test/support/istiod-mesh.ts';
import { mtlsOfPort } from './authn.ts';

const policy = (namespace: string, name: string, spec: string) =>
  `{apiVersion: security.istio.io/v1, kind: PeerAuthentication, metadata: {name: ${name}, namespace: ${namespace}}, spec: ${spec}}`;
const web = 'selector: {matchLabels: {app: web}}';

/** Policies from the oldest on, and the mode of ports 8080 and 9090 of web. */
const table: [string, string[], [string, string]][] = [
  ['no policy', [], ['PERMISSIVE', 'PERMISSIVE']],
  ['of the mesh', [policy('istio-system', 'a', '{mtls: {mode: STRICT}}')], ['STRICT', 'STRICT']],
  [
    'a namespace over the mesh',
    [policy('istio-system', 'a', '{mtls: {mode: STRICT}}'), policy('shop', 'a', '{mtls: {mode: DISABLE}}')],
    ['DISABLE', 'DISABLE'],
  ],
  [
    'UNSET leaves it to the mesh',
    [policy('istio-system', 'a', '{mtls: {mode: STRICT}}'), policy('shop', 'a', '{mtls: {mode: UNSET}}')],
    ['STRICT', 'STRICT'],
  ],
  [
    'of two in one namespace the older',
    [policy('shop', 'z', '{mtls: {mode: STRICT}}'), policy('shop', 'a', '{mtls: {mode: DISABLE}}')],
    ['STRICT', 'STRICT'],
  ],
  [
    'a workload over its namespace',
    [policy('shop', 'a', '{mtls: {mode: STRICT}}'), policy('shop', 'b', `{${web}, mtls: {mode: PERMISSIVE}}`)],
    ['PERMISSIVE', 'PERMISSIVE'],
  ],
  [
    'a port over its workload',
    [policy('shop', 'b', `{${web}, mtls: {mode: STRICT}, portLevelMtls: {9090: {mode: DISABLE}}}`)],
    ['STRICT', 'DISABLE'],
  ],
  [
    'UNSET of a port',
    [policy('shop', 'b', `{${web}, mtls: {mode: STRICT}, portLevelMtls: {9090: {mode: UNSET}}}`)],
    ['STRICT', 'STRICT'],
  ],
  [
    'ports need a selector',
    [policy('shop', 'b', '{mtls: {mode: STRICT}, portLevelMtls: {9090: {mode: DISABLE}}}')],
    ['STRICT', 'STRICT'],
  ],
  [
    'another workload',
    [policy('shop', 'b', '{selector: {matchLabels: {app: other}}, mtls: {mode: STRICT}}')],
    ['PERMISSIVE', 'PERMISSIVE'],
  ],
  [
    'a selector in the root namespace',
    [policy('istio-system', 'b', `{${web}, mtls: {mode: STRICT}}`)],
    ['PERMISSIVE', 'PERMISSIVE'],
  ],
];

describe('the mode of mutual TLS', () => {
  it.each(table)('%s', (_what, policies, wanted) => {
    const { snapshot, proxy } = meshOf([shop, ...policies].join('\n---\n'));
    const mtls = snapshot.authn.ofWorkload('shop', proxy.labels);
    expect([mtlsOfPort(mtls, 8080).mode, mtlsOfPort(mtls, 9090).mode]).toEqual(wanted);
  });
});
