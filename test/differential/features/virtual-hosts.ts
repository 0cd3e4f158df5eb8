import type { Random } from '../../../mesh/world/random.ts';
import { type Case, type Feature, type HttpRequest, istio, pick } from '../feature.ts';

const v2Vip = '10.96.1.2';

const answers = (body: string) => [{ name: body, directResponse: { status: 200, body: { string: body } } }];

/** Host headers around the hosts of case `name`, and of Services in every form their clients may write. */
const asked = (name: string): string[] => [
  `${name}.test`,
  `${name}.TEST`,
  `${name}.test:80`,
  `${name}.test:8080`,
  `${name}.test.`,
  `www.${name}.test`,
  `a.b.${name}.test`,
  `${name}.other`,
  `x${name}.test`,
  `www.${name}.test:80`,
  `A.${name}.other`,
  `${name}`,
];

const services = [
  'app-v2',
  'app-v2.diff',
  'app-v2.diff.svc',
  'app-v2.diff.svc.cluster.local',
  'app-v2.diff.svc.cluster.local:80',
  'app-v2:80',
  'app-v1',
  'app-v1.diff:80',
  'APP-V1.diff',
  v2Vip,
  `${v2Vip}:80`,
  'app-v2.alien',
  'localhost',
];

const hostsOf = (random: Random, name: string): string[] =>
  pick(random, [
    [`${name}.test`],
    [`*.${name}.test`],
    [`${name}.test`, `*.${name}.test`],
    [`*.b.${name}.test`, `www.${name}.test`],
    [`*.${name}.other`, `${name}.other`],
    [`${name}.test`, `${name}.other`, `x${name}.test`],
  ]);

/** Which virtual host takes a request, by its Host header alone. */
export const virtualHosts: Feature = {
  id: 'virtual-hosts',
  title: 'domains of virtual hosts: whole, wildcard, port, short names, virtual addresses',
  shared: [istio('VirtualService', 'all-of-v1', { hosts: ['app-v1'], http: answers('app-v1 by VirtualService') })],
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name } = slot(i);
      const hosts = hostsOf(random, name);
      const wide = [`*.${name}.test`, `*.${name}.other`].filter((h) => !hosts.includes(h)).slice(0, i % 3);
      const objects = [
        istio('VirtualService', name, { hosts, http: answers('first') }),
        ...(wide.length > 0 ? [istio('VirtualService', `${name}-wide`, { hosts: wide, http: answers('wide') })] : []),
      ];
      const requests = [...asked(name), pick(random, services), pick(random, services)].map(
        (host): HttpRequest => ({
          from: random.next() < 0.1 ? 'other' : 'client',
          to: pick(random, ['10.96.1.1:80', '10.96.1.2:80']),
          headers: [['host', host]],
        }),
      );
      return { name: [...hosts, ...wide].join(' '), objects, requests };
    }),
};
