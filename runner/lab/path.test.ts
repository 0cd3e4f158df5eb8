import { describe, expect, it } from 'vitest';
import { formatPath, parsePath, valueAt } from './path.ts';

describe('paths', () => {
  it.each([
    ['spec.replicas', ['spec', 'replicas']],
    ['spec.http[0].route[1].weight', ['spec', 'http', 0, 'route', 1, 'weight']],
    ['metadata.labels["app.kubernetes.io/name"]', ['metadata', 'labels', 'app.kubernetes.io/name']],
    ["metadata.labels['a.b']", ['metadata', 'labels', 'a.b']],
    ['metadata.annotations[a.b/c]', ['metadata', 'annotations', 'a.b/c']],
    ['', []],
  ])('%s', (text, path) => {
    expect(parsePath(text)).toEqual(path);
    expect(parsePath(formatPath(path))).toEqual(path);
  });

  it.each([
    [['a', 0, 'b'], 1],
    [['a', 1, 'b'], undefined],
    [['a', 'length'], undefined],
    [['x', 'y'], undefined],
    [[], { a: [{ b: 1 }] }],
  ])('value at %j', (path, value) => {
    expect(valueAt({ a: [{ b: 1 }] }, path)).toEqual(value);
  });
});
