import { expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import { mergeProxyConfig } from './proxy-config.ts';

// MergeProxyConfig in istio pkg/config/mesh/mesh.go.
it.each<[string, JsonObject, JsonObject, JsonObject]>([
  ['fields are replaced', { concurrency: 1, statusPort: 2 }, { concurrency: 3 }, { concurrency: 3, statusPort: 2 }],
  [
    'objects are replaced whole',
    { tracing: { sampling: 1 } },
    { tracing: { maxPathTagLength: 9 } },
    { tracing: { maxPathTagLength: 9 } },
  ],
  [
    'metadata is merged by key',
    { proxyMetadata: { A: '1', B: '1' } },
    { proxyMetadata: { B: '2' } },
    { proxyMetadata: { A: '1', B: '2' } },
  ],
  [
    'some headers stay, others go',
    { proxyHeaders: { server: { value: 'x' }, preserveHttp1HeaderCase: true } },
    { proxyHeaders: { requestId: { disabled: true } } },
    { proxyHeaders: { server: { value: 'x' }, requestId: { disabled: true } } },
  ],
])('%s', (_rule, base, over, want) => {
  expect(mergeProxyConfig(base, over)).toEqual(want);
});
