import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { goldenFolder, goldenScenarios, meshIn } from '../../../test/support/golden-scenarios.ts';
import { isObject, type JsonObject } from '../../json.ts';
import { gatewayStatuses } from './statuses.ts';

const time = '2026-01-01T00:00:00Z';
const scenarios = goldenScenarios();

/** By object; which address goes to which ServiceEntry has no meaning (istiod-golden/README.md, peculiarities). */
const byObject = (statuses: readonly JsonObject[]): { [object: string]: unknown } =>
  Object.fromEntries(
    statuses.map((o) => [`${o.group}/${o.kind} ${o.namespace}/${o.name}`, JSON.parse(someAddress(o.status))]),
  );
const someAddress = (status: unknown): string =>
  JSON.stringify(status, (_, value) =>
    isObject(value) && typeof value.host === 'string'
      ? { ...value, value: String(value.value).replace(/^240\.240\.\d+\.\d+$|^2001:2::[0-9a-f]+$/, 'allocated') }
      : value,
  );

describe('statuses', () => {
  it.each(scenarios)('$name: as istiod writes them, messages included', (scenario) => {
    const golden = JSON.parse(readFileSync(join(goldenFolder, scenario.name, 'status.json'), 'utf8')) as JsonObject[];
    const ours = gatewayStatuses(meshIn(scenario).snapshot, { time });
    expect(byObject(ours.map((o) => ({ ...o })))).toEqual(byObject(golden));
  });
});
