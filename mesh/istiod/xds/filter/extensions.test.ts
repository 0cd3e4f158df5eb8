import { expect, it } from 'vitest';
import { filterInput } from '../../../../test/support/filter-input.ts';
import type { ExtensionPhase } from '../../model/traffic-extension.ts';
import { extensionFilters, networkExtensions } from './extensions.ts';
import type { TrafficDirection } from './filter.ts';

const extension = (name: string, spec: string) =>
  `{apiVersion: extensions.istio.io/v1alpha1, kind: TrafficExtension, metadata: {name: ${name}, namespace: shop}, spec: {${spec}}}`;
const wasm = 'wasm: {url: "file:///a.wasm"';
const objects = [
  extension('lua', `phase: AUTHN, match: [{mode: SERVER, ports: [{number: 8080}]}], lua: {inlineCode: "--"}`),
  extension('first', `phase: AUTHN, priority: 10, match: [{mode: SERVER}], ${wasm}}`),
  extension('client', `match: [{mode: CLIENT}], ${wasm}}`),
  extension('both', `phase: STATS, ${wasm}}`),
  extension('tcp', `phase: AUTHZ, ${wasm}, type: NETWORK}`),
].join('\n---\n');

/** Names in their order, without prefix; `name (fetched)` for what Envoy asks for. */
const named = (filters: readonly { [field: string]: unknown }[]): string[] =>
  filters.map((f) => `${String(f.name).split('.').at(-1)}${f.configDiscovery ? ' (fetched)' : ''}`);

/** istio pilot/pkg/networking/core/extension/extensionfilter.go; golden case traffic-extension/phases. */
it.each<[ExtensionPhase, TrafficDirection, number, string[]]>([
  ['AUTHN', 'inbound', 8080, ['first (fetched)', 'lua']],
  ['AUTHN', 'inbound', 9000, ['first (fetched)']],
  ['AUTHN', 'outbound', 8080, []],
  ['AUTHZ', 'inbound', 8080, []],
  ['STATS', 'inbound', 8080, ['both (fetched)']],
  ['STATS', 'outbound', 80, ['both (fetched)']],
  ['UNSPECIFIED_PHASE', 'outbound', 80, ['client (fetched)']],
  ['UNSPECIFIED_PHASE', 'inbound', 8080, []],
])('%s %s on port %i: %j', (phase, direction, port, want) => {
  expect(named(extensionFilters(phase)(filterInput({ objects, direction, port })))).toEqual(want);
});

it('those of connections stand with connections', () => {
  const { context } = filterInput({ objects });
  expect(named(networkExtensions(context, { direction: 'inbound', port: 9000 }))).toEqual(['tcp (fetched)']);
  expect(named(networkExtensions(context, { direction: 'inbound', port: 9000 }, ['STATS']))).toEqual([]);
});
