import { expect, it } from 'vitest';
import { objectsOf } from '../../../test/support/istiod-mesh.ts';
import { installedMeshConfig } from '../mesh-config.ts';
import { buildSnapshot } from '../snapshot/build.ts';
import { allocatedAddresses } from './allocate.ts';

const entry = (name: string, spec: string, rest = '') =>
  `{apiVersion: networking.istio.io/v1, kind: ServiceEntry, metadata: {name: ${name}, namespace: shop}, spec: {${spec}}${rest}}`;
const given = (host: string, value: string) => `, status: {addresses: [{host: ${host}, value: ${value}}]}`;
const dns = 'resolution: DNS';

/** istio pilot/pkg/controllers/ipallocate/ipallocate.go: what an entry has it keeps; nobody else gets it. */
it.each<[string, string[], string[]]>([
  ['an entry without addresses', [entry('a', `hosts: [a.test], ${dns}`)], ['a.test 240.240.0.1', 'a.test 2001:2::1']],
  ['one with addresses', [entry('a', `hosts: [a.test], addresses: [10.9.0.1], ${dns}`)], []],
  ['one that looks up nothing', [entry('a', 'hosts: [a.test], resolution: NONE')], []],
  ['a wildcard', [entry('a', `hosts: ["*.test"], resolution: STATIC`)], []],
  [
    'a wildcard that is looked up as asked',
    [entry('a', `hosts: ["*.test"], resolution: DYNAMIC_DNS`)],
    ['*.test 240.240.0.1', '*.test 2001:2::1'],
  ],
  [
    'an entry that has one, and an older one that has none',
    [entry('a', `hosts: [a.test], ${dns}`), entry('b', `hosts: [b.test], ${dns}`, given('b.test', '240.240.0.1'))],
    ['a.test 240.240.0.2', 'a.test 2001:2::1', 'b.test 240.240.0.1'],
  ],
  [
    'an address that another entry names',
    [entry('a', `hosts: [a.test], ${dns}`), entry('b', `hosts: [b.test], addresses: [240.240.0.1], ${dns}`)],
    ['a.test 240.240.0.2', 'a.test 2001:2::1'],
  ],
])('%s', (_name, documents, want) => {
  const snapshot = buildSnapshot(objectsOf(documents.join('\n---\n')), installedMeshConfig());
  const addresses = allocatedAddresses(snapshot).flatMap(
    ({ status }) => status.addresses as { host: string; value: string }[],
  );
  expect(addresses.map(({ host, value }) => `${host} ${value}`)).toEqual(want);
});
