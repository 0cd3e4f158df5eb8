import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { senderOf } from './sender.ts';

const pod = (name: string, namespace: string, labels: { [key: string]: string } = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, labels },
});
const pods = [
  pod('web-5c85-x', 'shop', { app: 'web' }),
  pod('web-5c85-y', 'shop', { app: 'web' }),
  pod('cart-77-a', 'shop', { 'app.kubernetes.io/name': 'basket' }),
  pod('api-1', 'shop', { app: 'api' }),
  pod('api-1', 'other', { app: 'api' }),
];

describe('who sends', () => {
  it.each([
    ['web-5c85-y', 'web-5c85-y.shop'],
    ['web-5c85-y.shop', 'web-5c85-y.shop'],
    ['web', 'web-5c85-x.shop'],
    ['web.shop', 'web-5c85-x.shop'],
    ['basket', 'cart-77-a.shop'],
    ['cart', 'cart-77-a.shop'],
    ['api.other', 'api-1.other'],
  ])('%s is %s', (given, expected) => {
    const { name, namespace } = senderOf(given, pods).metadata;
    expect(`${name}.${namespace}`).toBe(expected);
  });

  it.each([
    ['api', 'api is in several namespaces: shop, other'],
    ['web.other', 'no pod or app web.other'],
    ['wbe', 'no pod or app wbe'],
  ])('%s is nobody', (given, what) => {
    expect(() => senderOf(given, pods)).toThrow(what);
  });
});
