import { describe, expect, it } from 'vitest';
import { parseImage } from './image.ts';
import { findWorkload, knownImages } from './registry.ts';

describe('images', () => {
  it.each([
    ['curlimages/curl', 'curlimages/curl', 'latest'],
    ['docker.io/mccutchen/go-httpbin:v2.15.0', 'mccutchen/go-httpbin', 'v2.15.0'],
    ['localhost:5000/a/b/c:1', 'a/b/c', '1'],
    ['localhost/c', 'c', 'latest'],
    ['docker.io/library/node:24', 'node', '24'],
    [`tetratelabs/customers:1.0.0@sha256:${'0'.repeat(64)}`, 'tetratelabs/customers', '1.0.0'],
  ])('%s', (reference, name, tag) => expect(parseImage(reference)).toEqual({ name, tag }));

  it.each([
    ['tetratelabs/customers:1.0.0', 'customers'],
    ['docker.io/tetratelabs/customers:2.0.0', 'customers'],
    ['tetratelabs/customers:3.0.0', undefined],
    ['tetratelabs/customers', undefined],
    ['tetratelabs/custmers:1.0.0', undefined],
    ['evil/tetratelabs/customers:1.0.0', undefined],
    ['mccutchen/go-httpbin', 'httpbin'],
    ['istio/examples-helloworld-v2:1.0', 'helloworld'],
    ['curlimages/curl:8.16.0', 'curl'],
  ])('%s is %s', (image, name) => expect(findWorkload(image)?.name).toBe(name));

  it('are listed, each one found', () => {
    expect(knownImages).toContain('tetratelabs/customers:2.0.0');
    expect(knownImages.filter((image) => !findWorkload(image))).toEqual([]);
    expect(new Set(knownImages).size).toBe(knownImages.length);
  });
});
