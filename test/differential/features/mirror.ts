import type { Random } from '../../../mesh/world/random.ts';
import { type Answer, type Case, chance, type Feature, istio, pick } from '../feature.ts';

const targets = ['app-v1', 'app-v2', 'nobody'];

/** How many copies arrived, and where. */
const outcome = ({ status, seen }: Answer): string =>
  `${status}, seen by ${seen.map(({ pod, headers }) => `${pod} as ${headers.find(([n]) => n === 'host')?.[1]}`).sort()}`;

function mirrors(random: Random, percent: () => number) {
  if (chance(random, 0.3))
    return {
      mirrors: Array.from({ length: 2 }, () => ({
        destination: { host: pick(random, targets) },
        percentage: { value: percent() },
      })),
    };
  const all = percent() === 100 && chance(random, 0.5);
  return { mirror: { host: pick(random, targets) }, ...(all ? {} : { mirrorPercentage: { value: percent() } }) };
}

/** Every other case mirrors all or nothing, and is compared request by request; the others are counted. */
export const mirror: Feature = {
  id: 'mirror',
  title: 'mirrored copies: host, headers, share (runtime fraction)',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const isSure = i % 2 === 0;
      const percent = () => pick(random, isSure ? [100, 0] : [50, 10, 99.5, 33.33, 0.5]);
      const http = [
        {
          route: [{ destination: { host: 'app-v1' } }],
          ...mirrors(random, percent),
          ...(chance(random, 0.3) ? { rewrite: { uri: '/new', authority: 'new.test' } } : {}),
          ...(chance(random, 0.3) ? { headers: { request: { set: { 'x-a': '1' } } } } : {}),
        },
      ];
      const given = [
        ['host', pick(random, [host, `${host}:80`])],
        ['x-do', pick(random, ['200', '503 x-a:b', 'delay=20 404'])],
      ] as const;
      const objects = [istio('VirtualService', name, { hosts: [host], http })];
      const label = JSON.stringify(http[0]);
      if (!isSure) return { name: label, objects, requests: [{ headers: given, times: 30 }], spread: outcome };
      return {
        name: label,
        objects,
        requests: [{ headers: given }, { headers: given, method: 'POST', path: '/x?y', body: 'copied' }],
      };
    }),
};
