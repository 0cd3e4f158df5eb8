import { describe, expect, it } from 'vitest';
import { meshOf, shop } from '../../../test/support/istiod-mesh.ts';
import type { JsonObject } from '../../json.ts';
import { xds } from './xds.ts';

const logsOf = (mesh: JsonObject) => {
  const { snapshot, proxy } = meshOf(shop, { mesh });
  const { listeners } = xds(snapshot, proxy);
  const text = JSON.stringify(listeners);
  return {
    text,
    // Filters that log, and listeners that do.
    filters: text.match(/"accessLog":\[\{"name"/g)?.length ?? 0,
    listeners: listeners.filter((l) => l.accessLog).map((l) => l.name),
  };
};

describe('access logs of the mesh config', () => {
  it('are off in a default installation', () => expect(logsOf({}).text).not.toContain('accessLog'));

  it('are written by all filters but the black holes; listeners log what no chain took', () => {
    const { text, filters, listeners } = logsOf({ accessLogFile: '/dev/stdout' });
    expect(listeners).toEqual(['virtualInbound', 'virtualOutbound']);
    expect(text).toContain('"filter":{"responseFlagFilter":{"flags":["NR"]}}');
    expect(filters).toBeGreaterThan(5);
    expect(text).not.toMatch(/"accessLog":[^}]*"cluster":"BlackHoleCluster"/);
  });

  it.each<[string, JsonObject, string]>([
    [
      'a format without newline',
      { accessLogFile: '/l', accessLogFormat: '%PROTOCOL%' },
      '{"inlineString":"%PROTOCOL%\\n"}',
    ],
    ['JSON', { accessLogFile: '/l', accessLogEncoding: 'JSON' }, '"start_time":"%START_TIME%"'],
    [
      'fields of one’s own',
      { accessLogFile: '/l', accessLogEncoding: 'JSON', accessLogFormat: '{"p":"%PROTOCOL%"}' },
      '"jsonFormat":{"p":"%PROTOCOL%"}',
    ],
    [
      'fields that cannot be read',
      { accessLogFile: '/l', accessLogEncoding: 'JSON', accessLogFormat: '{' },
      '"start_time":"%START_TIME%"',
    ],
    [
      'an operator of an extension',
      { accessLogFile: '/l', accessLogFormat: '%REQ_WITHOUT_QUERY(:PATH)%' },
      '"name":"envoy.formatter.req_without_query"',
    ],
    ['the built-in provider', { defaultProviders: { accessLogging: ['envoy'] } }, '"path":"/dev/stdout"'],
    [
      'a provider’s labels',
      {
        defaultProviders: { accessLogging: ['mine'] },
        extensionProviders: [{ name: 'mine', envoyFileAccessLog: { logFormat: { labels: { a: 'b' } } } }],
      },
      '"jsonFormat":{"a":"b"}',
    ],
  ])('%s', (_what, mesh, wanted) => expect(logsOf(mesh).text).toContain(wanted));

  it('can be off for listeners alone', () => {
    expect(logsOf({ accessLogFile: '/l', disableEnvoyListenerLog: true }).listeners).toEqual([]);
  });
});
