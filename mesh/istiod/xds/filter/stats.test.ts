import { expect, it } from 'vitest';
import { type FilterRow, filtersOf } from '../../../../test/support/filter-input.ts';
import type { JsonObject } from '../../../json.ts';
import { httpStats } from './stats.ts';

const telemetry = (metrics: string) =>
  `{apiVersion: telemetry.istio.io/v1, kind: Telemetry, metadata: {name: t, namespace: shop}, spec: {metrics: [${metrics}]}}`;
const server = { disableHostHeaderFallback: true };

/** generateStatsConfig in istio pilot/pkg/model/telemetry.go; golden cases telemetry/metrics and a16. */
it.each<[string, FilterRow, JsonObject | undefined]>([
  ['a client', {}, {}],
  ['a server, which does not believe the Host header', { direction: 'inbound' }, server],
  ['a gateway', { direction: 'gateway' }, server],
  ['a mesh that counts nothing', { mesh: { defaultProviders: { metrics: [] } } }, undefined],
  ['a provider that is not there', { mesh: { defaultProviders: { metrics: ['gone'] } } }, undefined],
  [
    'no metrics of clients, at a client',
    { objects: telemetry('{overrides: [{match: {mode: CLIENT}, disabled: true}]}') },
    undefined,
  ],
  [
    'no metrics of clients, at a server',
    { direction: 'inbound', objects: telemetry('{overrides: [{match: {mode: CLIENT}, disabled: true}]}') },
    server,
  ],
  [
    'how often connections are reported',
    { objects: telemetry('{reportingInterval: 5s}') },
    { tcpReportingDuration: '5s' },
  ],
  [
    'a metric that is not counted',
    { objects: telemetry('{overrides: [{match: {metric: REQUEST_SIZE}, disabled: true}]}') },
    { metrics: [{ name: 'request_bytes', drop: true }] },
  ],
  [
    'tags',
    {
      objects: telemetry(
        '{overrides: [{match: {metric: REQUEST_COUNT}, tagOverrides: {b: {operation: REMOVE}, a: {operation: REMOVE}, host: {value: request.host}}}]}',
      ),
    },
    { metrics: [{ name: 'requests_total', dimensions: { host: 'request.host' }, tagsToRemove: ['a', 'b'] }] },
  ],
])('%s', (_name, row, want) => {
  expect(filtersOf(httpStats, row)).toEqual(want === undefined ? [] : [{ 'istio.stats': want }]);
});
