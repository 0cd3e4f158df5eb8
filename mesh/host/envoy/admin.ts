import { request } from 'node:http';
import { isObject, type JsonObject } from '../../json.ts';
import { ProblemError } from '../../problem.ts';
import { child, objects, text } from '../localise/walk.ts';
import type { EnvoyAdmin } from './types.ts';

/** Envoy's admin interface over its Unix socket. Source: envoyproxy.io, "Administration interface". */
export function createAdmin(socket: string): EnvoyAdmin {
  const ask = (method: 'GET' | 'POST', path: string) => call(socket, method, path);
  const json = async (path: string): Promise<JsonObject> => {
    const value: unknown = JSON.parse(await ask('GET', path));
    return isObject(value) ? value : {};
  };
  return {
    text: ask,
    configDump: (options) => json(options?.eds ? '/config_dump?include_eds' : '/config_dump'),
    clusters: () => json('/clusters?format=json'),
    certificates: () => json('/certs'),
    async stats(filter) {
      const query = filter === undefined ? '' : `&filter=${encodeURIComponent(filter)}`;
      const { stats } = await json(`/stats?format=json${query}`);
      return new Map(
        objects(stats).flatMap((s): [string, number][] =>
          typeof s.name === 'string' ? [[s.name, Number(s.value ?? 0)]] : [],
        ),
      );
    },
    async logging(levels) {
      const wanted = Object.entries(levels).map(([logger, level]) => `${logger}:${level}`);
      return await ask(
        'POST',
        wanted.length === 0 ? '/logging' : `/logging?paths=${encodeURIComponent(wanted.join(','))}`,
      );
    },
    async boundPorts() {
      const { listener_statuses: statuses } = await json('/listeners?format=json');
      return new Map(
        objects(statuses).flatMap((status): [string, number][] => {
          const port = child(child(status, 'local_address'), 'socket_address').port_value;
          return typeof port === 'number' ? [[text(status, 'name'), port]] : [];
        }),
      );
    },
  };
}

function call(socketPath: string, method: string, path: string): Promise<string> {
  const failed = (what: string) => new ProblemError({ what: `Envoy's admin interface: ${method} ${path}: ${what}` });
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', (error) => reject(failed(error.message)));
      response.on('end', () => {
        if (response.statusCode === 200) resolve(body);
        else reject(failed(`${response.statusCode} ${body.slice(0, 200).trim()}`));
      });
    });
    outgoing.on('error', (error) => reject(failed(error.message)));
    outgoing.end();
  });
}
