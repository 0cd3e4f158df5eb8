import { describe, expect, it } from 'vitest';
import { nearPages } from './near-pages.ts';

const known = [
  '/learn/splitting-traffic/',
  '/learn/mtls/',
  '/learn/mesh-routes/',
  '/labs/canary/',
  '/labs/strict-mtls/',
].map((href) => ({ href, title: href }));

describe('pages that were probably meant', () => {
  it.each([
    ['/learn/spliting-traffic/', ['/learn/splitting-traffic/']],
    ['/learn/traffic', ['/learn/splitting-traffic/']],
    ['/docs/mtls/', ['/learn/mtls/', '/labs/strict-mtls/']],
    ['/lab/canry', ['/labs/canary/']],
    ['/wp-login.php', []],
    ['/', []],
  ])('for %s', (path, wanted) => {
    expect(nearPages(path, known).map(({ href }) => href)).toEqual(wanted);
  });
});
