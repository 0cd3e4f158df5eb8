import { describe, expect, it } from 'vitest';
import { createMeshSim } from './mesh-sim.ts';
import { client, listener, miniConfig, ok, status } from './testing/mini.ts';

const service = '10.96.0.1';
const server = '10.0.1.1';
const request = { from: client, url: 'http://svc/' };

/** A client sidecar, made when it sends, before one app. */
function onDemand(traces = true, app = ok) {
  const made: string[] = [];
  const sim = createMeshSim({ seed: 1, issue: () => undefined, dns: () => [service], traces });
  sim.attach(server, '', () => ({ 8080: { protocol: 'http', handle: app } }));
  sim.whenReached(client, () => {
    made.push('client');
    sim.addProxy({ id: 'client', ip: client, metadata: {} });
    sim.update('client', miniConfig({ apps: [app] }));
  });
  return { sim, made };
}

describe('a trace at send', () => {
  it('tells what a replay would, and what the access log says at the end', async () => {
    const { sim } = onDemand(true, status(503));
    const { events, observation } = await sim.trace(request);
    expect(observation.status).toBe(503);
    expect(events.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['accept', 'route', 'cluster', 'endpoint', 'workload', 'upstream', 'response', 'log']),
    );
    expect(events.find(({ kind }) => kind === 'log')).toMatchObject({
      status: 503,
      flags: '-',
      details: 'via_upstream',
      cluster: 'c',
      route: '-',
    });
  });

  it('is for meshes that were told so', async () => {
    const { sim } = onDemand(false);
    expect(() => sim.trace(request)).toThrow('needs the option `traces`');
  });

  it('does not touch other requests', async () => {
    const { sim } = onDemand();
    const [other, { events }] = await Promise.all([sim.send({ ...request, lane: '1' }), sim.trace(request)]);
    expect(other.status).toBe(200);
    expect(events.filter(({ kind }) => kind === 'log')).toHaveLength(1);
  });
});

describe('a proxy on demand', () => {
  it('is made once, when something leaves the pod', async () => {
    const { sim, made } = onDemand();
    expect(made).toEqual([]);
    for (let i = 0; i < 3; i++) await sim.trace(request);
    expect(made).toEqual(['client']);
  });

  it('leaves the way free when none is made', async () => {
    const { sim } = onDemand();
    sim.whenReached(server, () => undefined);
    expect((await sim.trace(request)).observation.status).toBe(200);
  });

  it('takes what arrives once it is there', async () => {
    const { sim } = onDemand();
    const pass = { name: 'in', type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' };
    sim.whenReached(server, () => {
      sim.addProxy({ id: 'server', ip: server, metadata: {} });
      const { listeners, clusters, ...rest } = miniConfig({});
      sim.update('server', {
        ...rest,
        listeners: [
          ...listeners,
          listener('virtualInbound', 15_006, { trafficDirection: 'INBOUND', filterChains: [] }),
        ],
        clusters: [...clusters, pass],
      });
    });
    const { events } = await sim.trace(request);
    expect(events.some((e) => e.node === 'server' && e.kind === 'noFilterChain')).toBe(true);
  });
});
