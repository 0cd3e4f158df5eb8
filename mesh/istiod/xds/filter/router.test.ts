import { expect, it } from 'vitest';
import { type FilterRow, filtersOf } from '../../../../test/support/filter-input.ts';
import type { JsonObject } from '../../../json.ts';
import { router } from './router.ts';

const hidden = (disabled: boolean): JsonObject => ({
  defaultConfig: { proxyHeaders: { envoyDebugHeaders: { disabled } } },
});

/** BuildRouterFilter in istio pilot/pkg/xds/filters/filters.go; golden case proxy-config/headers. */
it.each<[string, FilterRow, JsonObject]>([
  ['a client', {}, {}],
  ['a server', { direction: 'inbound' }, {}],
  ['without the headers of Envoy', { mesh: hidden(true) }, { suppressEnvoyHeaders: true }],
  ['with the headers of Envoy', { mesh: hidden(false) }, {}],
])('%s', (_name, row, want) => {
  expect(filtersOf(router, row)).toEqual([{ 'envoy.filters.http.router': want }]);
});
