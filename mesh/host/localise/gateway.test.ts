import { describe, expect, it } from 'vitest';
import { meshOf, shop } from '../../../test/support/istiod-mesh.ts';
import { xds } from '../../istiod/xds/xds.ts';
import { escapes } from './assert-confined.ts';
import { localise } from './localise.ts';
import { somePlace } from './testing/some.ts';

const pod = `{apiVersion: v1, kind: Pod, metadata: {name: edge, namespace: shop, labels: {istio: ingress}, annotations: {inject.istio.io/templates: gateway}},
  spec: {containers: [{name: istio-proxy}]}, status: {podIP: 10.244.9.1, conditions: [{type: Ready, status: 'True'}]}}`;
const routes = `{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: all, namespace: shop}, spec: {hosts: ["*"], gateways: [web],
  http: [{route: [{destination: {host: catalog}}]}], tcp: [{match: [{port: 22}], route: [{destination: {host: catalog}}]}]}}`;
const filter = (value: string) => `
apiVersion: networking.istio.io/v1alpha3
kind: EnvoyFilter
metadata: {name: hostile, namespace: shop}
spec: {configPatches: [{applyTo: LISTENER, match: {context: GATEWAY}, patch: {operation: MERGE, value: ${value}}}]}`;

const http = (more: string, number = 80) =>
  `{port: {number: ${number}, name: http, protocol: HTTP}, hosts: ["*"]${more}}`;

/** A gateway with these servers, and perhaps an EnvoyFilter, as this machine runs it. */
function local(servers: string, more = '') {
  const gateway = `{apiVersion: networking.istio.io/v1, kind: Gateway, metadata: {name: web, namespace: shop}, spec: {selector: {istio: ingress}, servers: [${servers}]}}`;
  const text = [shop, pod, routes, gateway, ...(more ? [more] : [])].join('\n---\n');
  const { snapshot, proxy } = meshOf(text, { pod: 'edge' });
  return localise(xds(snapshot, proxy), proxy, somePlace());
}

describe('listeners of a gateway', () => {
  it.each<[string, string, number[], string?]>([
    ['every address', http(''), [80]],
    ['the address of its pod', http(', bind: 10.244.9.1'), [80]],
    ['the loopback of its pod', http(', bind: 127.0.0.1'), []],
    ['an address of the machine', http(', bind: 192.168.0.7'), []],
    ['a port of the machine', '{port: {number: 22, name: tcp, protocol: TCP}, hosts: ["*"]}', [22]],
    [
      'TLS',
      '{port: {number: 443, name: tls, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, credentialName: c}}',
      [443],
    ],
    [
      'an address by an EnvoyFilter',
      http(''),
      [],
      filter('{address: {socketAddress: {address: 192.168.0.7, portValue: 80}}}'),
    ],
    [
      'further addresses',
      http(''),
      [80],
      filter('{additionalAddresses: [{address: {socketAddress: {address: 0.0.0.0, portValue: 9}}}]}'),
    ],
    ['a default chain', http(''), [80], filter('{defaultFilterChain: {filters: []}}')],
    ['a Unix socket', http(''), [], filter('{address: {pipe: {path: /tmp/mine.sock}}}')],
  ])('for %s serve only who knows the secret, on a free port of loopback', (_, servers, ports, more) => {
    const config = local(servers, more);
    const { listeners } = config;
    for (const listener of listeners.filter((l) => l.internalListener === undefined)) {
      expect(listener.address).toEqual({ socketAddress: { address: '127.0.0.1', portValue: 0 } });
      expect(JSON.stringify(listener.filterChainMatcher)).toContain(somePlace().secret);
      expect([listener.defaultFilterChain, listener.additionalAddresses]).toEqual([undefined, undefined]);
    }
    expect(config.bound.map((b) => b.port)).toEqual(ports);
    expect(escapes(config, somePlace())).toEqual([]);
  });

  it('wait a second for a credential that may not exist, and never read a file', () => {
    const tls = (value: string) =>
      `{port: {number: 443, name: tls, protocol: HTTPS}, hosts: ["*"], tls: {mode: SIMPLE, ${value}}}`;
    expect(JSON.stringify(local(tls('credentialName: c')))).toMatch(
      /"kubernetes:\/\/c","sdsConfig":\{.{1,300}"initialFetchTimeout":"1s"/,
    );
    const files = local(tls('serverCertificate: /etc/ssl/a.pem, privateKey: /etc/ssl/a.key'));
    expect(files.problems.map((p) => p.what)).toEqual([
      expect.stringMatching(/is a file of a machine and is not read/),
    ]);
  });
});
