import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { service, testCluster } from '../../../test/support/kube-cluster.ts';
import type { Address } from '../world/types.ts';
import { Edge } from './edge.ts';
import { edgeAnswer, edgeName } from './names.ts';

const closers: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const name = { namespace: 'default', name: 'web', apiVersion: 'v1', kind: 'Service' };

/** A cluster whose Service `web` has ports 80 and 443; connections that come in are answered with where they go. */
function edgeOf(type: string, served = new Set([80])) {
  const { store } = testCluster();
  const ports = [80, 443].map((port) => ({ name: `p${port}`, port }));
  store.create(service('web', { type, clusterIP: '10.96.0.9', ports }));
  const enter = (socket: Socket, { source, destination }: { source: Address; destination: Address }) =>
    void socket.end(`${source.ip} to ${destination.ip}:${destination.port}`);
  const edge = new Edge({ store, world: { enter }, isServed: ({ port }) => served.has(port) });
  closers.push(() => edge.close());
  const localOf = (port: number) => edge.ports().find((p) => p.port === port)?.local ?? 0;
  return { store, served, edge, localOf };
}

const call = (port: number, host = '127.0.0.1'): Promise<string> =>
  new Promise((resolve) => {
    let text = '';
    const socket = connect(port, host);
    socket.on('data', (chunk) => {
      text += String(chunk);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('end', () => resolve(text));
  });

const busy = async (port: number): Promise<void> => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
  closers.push(() => void other.close());
};

describe('the edge', () => {
  it.each([
    ['LoadBalancer', [80]],
    ['NodePort', [80]],
    ['ClusterIP', []],
  ])('of a Service of type %s has ports %j', async (type, ports) => {
    const { edge } = edgeOf(type);
    await edge.idle();
    expect(edge.ports().map((p) => p.port)).toEqual(ports);
  });

  it('leads from outside to the Service', async () => {
    const { edge, localOf } = edgeOf('LoadBalancer');
    await edge.idle();
    expect(await call(localOf(80))).toBe('198.51.100.1 to 10.96.0.9:80');
  });

  it('refuses while nothing serves, and takes the same port again', async () => {
    const { edge, served, localOf } = edgeOf('LoadBalancer');
    await edge.idle();
    const first = localOf(80);
    served.delete(80);
    edge.schedule();
    await edge.idle();
    expect([edge.ports(), await call(first)]).toEqual([[], 'ECONNREFUSED']);
    served.add(80);
    edge.schedule();
    await edge.idle();
    expect(localOf(80)).toBe(first);
  });

  it('takes another port when its own was taken meanwhile', async () => {
    const { edge, served, localOf } = edgeOf('LoadBalancer');
    await edge.idle();
    const first = localOf(80);
    served.clear();
    edge.schedule();
    await edge.idle();
    await busy(first);
    served.add(80);
    edge.schedule();
    await edge.idle();
    expect(localOf(80)).not.toBe(first);
    expect(await call(localOf(80))).toMatch(/10\.96\.0\.9:80$/);
  });

  it('follows the Services by itself', async () => {
    const { edge, store } = edgeOf('LoadBalancer');
    await edge.idle();
    store.delete(name);
    await edge.idle();
    expect(edge.ports()).toEqual([]);
  });

  it('is found by name, as SRV', async () => {
    const { edge, localOf } = edgeOf('LoadBalancer');
    await edge.idle();
    const srv = (port: number) => edgeAnswer(edge, edgeName({ service: 'web', namespace: 'default', port }))?.srv;
    expect([srv(80), srv(443)]).toEqual([[{ port: localOf(80), target: 'localhost' }], []]);
    expect(edgeAnswer(edge, 'web.default.svc.cluster.local')).toBeUndefined();
  });

  it('is closed with the run', async () => {
    const { edge, localOf } = edgeOf('LoadBalancer');
    await edge.idle();
    const port = localOf(80);
    await edge.close();
    expect(await call(port)).toBe('ECONNREFUSED');
  });

  it('listens on 127.0.0.1 only', async () => {
    const { edge, localOf } = edgeOf('LoadBalancer');
    await edge.idle();
    const others = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
    for (const host of others.filter((address) => address !== '127.0.0.1'))
      expect(await call(localOf(80), host)).not.toMatch(/to 10/);
  });
});
