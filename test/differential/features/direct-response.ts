import type { JsonObject } from '../../../mesh/json.ts';
import { type Case, type Feature, istio, pick } from '../feature.ts';

/** Answers that Envoy itself gives: status, body, headers set on the way out; for any method. */
export const directResponse: Feature = {
  id: 'direct-response',
  title: 'direct response',
  cases: (random, count, slot) =>
    Array.from({ length: count }, (_, i): Case => {
      const { name, host } = slot(i);
      const status = pick(random, [200, 201, 400, 403, 404, 418, 429, 503]);
      const body = pick(random, [undefined, { string: `answer ${i}` }, { bytes: 'AAEC' }, { string: '' }]);
      const route: JsonObject = {
        match: [{ uri: pick(random, [{ prefix: '/' }, { exact: '/x' }]) }],
        directResponse: { status, ...(body ? { body } : {}) },
        headers: pick(random, [{}, { response: { set: { 'x-set': 'a', 'content-type': 'application/json' } } }]),
      };
      if (random.next() < 0.2)
        route.headers = {
          response: { add: { 'x-code': '%RESPONSE_CODE%', 'content-type': 'text/html' }, remove: ['date'] },
        };
      const method = pick(random, ['GET', 'POST', 'HEAD', 'DELETE']);
      return {
        name: `${method} ${status} ${JSON.stringify(body ?? 'no body')}`,
        objects: [istio('VirtualService', name, { hosts: [host], http: [route] })],
        requests: [
          { method, path: '/x?y', headers: [['host', host]], ...(method === 'POST' ? { body: 'sent' } : {}) },
          { path: '/elsewhere', headers: [['host', host]] },
        ],
      };
    }),
};
