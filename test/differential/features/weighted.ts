import type { Random } from '../../../mesh/world/random.ts';
import { type Answer, type Case, type Feature, istio, pick } from '../feature.ts';

const weights = [
  [50, 50],
  [90, 10],
  [1, 99],
  [70, 30],
  [100, 0],
  [0, 100],
  [1, 1],
  [3, 7],
  [20, 30, 50],
  [0, 0, 5],
  [1, 2, 3, 4],
];

const destinations = ['app-v1', 'app-v2', 'app-v1.diff.svc.cluster.local', 'nobody'];

function legs(random: Random) {
  return pick(random, weights).map((weight, n) => ({
    destination: { host: destinations[n] ?? '' },
    weight,
    headers: { request: { set: { 'x-leg': String(n) } }, response: { set: { 'x-leg': String(n) } } },
  }));
}

/** Who answered, and by which of the weights. */
const outcome = ({ status, body, headers }: Answer): string =>
  `${status} ${body} ${headers.find(([name]) => name === 'x-leg')?.[1] ?? 'no'} leg`;

export const weighted: Feature = {
  id: 'weighted',
  title: 'weighted clusters',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const route = legs(random);
      return {
        name: route.map((leg) => leg.weight).join(':'),
        objects: [istio('VirtualService', name, { hosts: [host], http: [{ route }] })],
        requests: [{ headers: [['host', host]], times: 30 }],
        spread: outcome,
      };
    }),
};
