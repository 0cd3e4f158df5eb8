import { describe, expect, it } from 'vitest';
import { repositoryLab } from '../../test/support/labs.ts';
import { baseFiles } from '../check/lint/rule.ts';
import { ask } from './session.ts';

const { setup, apps, ...lab } = await repositoryLab('header-routing');
const objects = baseFiles({ ...lab, apps, setup })
  .flatMap((file) => file.objects)
  .map(({ object }) => ({ ...object, metadata: { namespace: 'default', ...object.metadata } }));
const url = 'http://istio-ingressgateway.istio-system/';

describe('a request from the edge', () => {
  it('is answered through the gateway', async () => {
    const { trace, sender } = await ask({ objects, from: 'edge.default', request: { url }, seed: 1 });
    expect(trace.observation.status).toBe(200);
    expect(sender).toMatchObject({ name: 'edge', outside: true });
  });

  it('is refused where nothing listens', async () => {
    const request = { url: `${url.slice(0, -1)}:81/` };
    const { trace } = await ask({ objects, from: 'edge', request, seed: 1 });
    expect(trace.observation.error?.code).toBe('ECONNREFUSED');
  });

  it('is sent by nobody of a name that only begins so', async () => {
    await expect(ask({ objects, from: 'edge-1', request: { url }, seed: 1 })).rejects.toThrow(/nobody can send/);
  });
});
