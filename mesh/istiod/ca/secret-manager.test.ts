import { describe, expect, it } from 'vitest';
import { type Ca, createCa } from './ca.ts';
import { rotationTime } from './rotation.ts';
import { type ProxySecrets, SecretManager } from './secret-manager.ts';

const hour = 60 * 60 * 1000;
const start = Date.parse('2026-03-01T12:00:00Z');
const id = 'spiffe://cluster.local/ns/shop/sa/customers';
const noJitter = { next: () => 0 };

/** Time that passes only when told to; `advance` settles what became due. */
class TestClock {
  time = start;
  sleepers: { until: number; wake: () => void }[] = [];
  now = () => this.time;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { until: this.time + milliseconds, wake: resolve };
      this.sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.sleepers = this.sleepers.filter((s) => s !== sleeper);
        reject(signal.reason);
      });
    });
  }
  advance(milliseconds: number): void {
    this.time += milliseconds;
    const due = this.sleepers.filter((s) => s.until <= this.time);
    this.sleepers = this.sleepers.filter((s) => s.until > this.time);
    for (const sleeper of due) sleeper.wake();
  }
}

async function setUp(change: { ca?: (ca: Ca) => Ca } = {}) {
  const clock = new TestClock();
  const real = await createCa({ clock, trustDomain: 'cluster.local' });
  const queue: (string | ProxySecrets)[] = [];
  let wake = () => {};
  const push = (event: string | ProxySecrets) => {
    queue.push(event);
    wake();
  };
  const manager = new SecretManager({
    ca: change.ca?.(real) ?? real,
    clock,
    jitter: noJitter,
    onChange: (_proxy, secrets) => push(secrets),
    onError: (proxy, error) => push(`${proxy}: ${(error as Error).message}`),
  });
  const next = async () => {
    while (queue.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return queue.shift();
  };
  return { clock, ca: real, manager, next, queue };
}

describe('rotationTime', () => {
  const certificate = { createdAt: start, notAfter: start + 24 * hour };
  const numbers = (...values: number[]) => ({ next: () => values.shift() ?? 0 });
  it.each([
    ['no jitter', [0, 0], 12],
    ['grace period 1 % longer', [0.9, 1], 12 - 0.24],
    ['grace period 1 % shorter', [0.1, 1], 12 + 0.24],
  ])('%s', (_name, values, hours) => {
    expect(rotationTime(certificate, numbers(...values))).toBeCloseTo(start + hours * hour, 3);
  });
});

describe('SecretManager', () => {
  it("gives Envoy's Secret resources", async () => {
    const { ca, manager } = await setUp();
    const { resources, certificate } = await manager.secrets('a.shop', id);
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const type = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
    expect(Object.fromEntries(resources)).toEqual({
      default: {
        '@type': type,
        name: 'default',
        tlsCertificate: {
          certificateChain: { inlineBytes: base64(certificate.certificateChain) },
          privateKey: { inlineBytes: base64(certificate.privateKey) },
        },
      },
      ROOTCA: {
        '@type': type,
        name: 'ROOTCA',
        validationContext: { trustedCa: { inlineBytes: base64(ca.rootCertificate) } },
      },
    });
  });

  it('issues once per proxy, also when asked twice at once', async () => {
    const { manager } = await setUp();
    const [a, b] = await Promise.all([manager.secrets('a.shop', id), manager.secrets('a.shop', id)]);
    expect(a).toBe(b);
    expect(manager.current('a.shop')).toBe(a);
    expect((await manager.secrets('b.shop', id)).certificate.serial).not.toBe(a.certificate.serial);
  });

  it('rotates after half of the life, again and again', async () => {
    const { clock, manager, next, queue } = await setUp();
    const first = await manager.secrets('a.shop', id);
    clock.advance(12 * hour - 1);
    expect(queue).toEqual([]);
    clock.advance(1);
    const second = await next();
    expect(second).toBe(manager.current('a.shop'));
    expect(second).not.toBe(first);
    clock.advance(12 * hour);
    expect(await next()).toMatchObject({ certificate: { spiffeId: id, createdAt: start + 24 * hour } });
  });

  it('rotates on demand; the schedule starts anew', async () => {
    const { clock, manager, next } = await setUp();
    await manager.secrets('a.shop', id);
    clock.advance(hour);
    await manager.rotate('a.shop');
    expect(await next()).toBe(manager.current('a.shop'));
    expect(clock.sleepers.map((s) => s.until)).toEqual([start + 13 * hour]);
  });

  it('follows a changed identity', async () => {
    const { manager, clock } = await setUp();
    await manager.secrets('a.shop', id);
    const other = await manager.secrets('a.shop', `${id}-2`);
    expect(other.certificate.spiffeId).toBe(`${id}-2`);
    expect(clock.sleepers).toHaveLength(1);
  });

  it('ends every schedule on remove and close', async () => {
    const { clock, manager } = await setUp();
    for (const proxy of ['a', 'b', 'c']) await manager.secrets(proxy, id);
    manager.remove('a');
    expect(clock.sleepers).toHaveLength(2);
    manager.close();
    expect(clock.sleepers).toEqual([]);
    expect(manager.current('b')).toBeUndefined();
  });

  it('reports a failed rotation and keeps the old certificate', async () => {
    let broken = false;
    const failing = (ca: Ca): Ca => ({
      ...ca,
      issue: (request) => (broken ? Promise.reject(new Error('no entropy')) : ca.issue(request)),
    });
    const { clock, manager, next } = await setUp({ ca: failing });
    const first = await manager.secrets('a.shop', id);
    broken = true;
    clock.advance(12 * hour);
    expect(await next()).toBe('a.shop: no entropy');
    expect(manager.current('a.shop')).toBe(first);
  });
});
