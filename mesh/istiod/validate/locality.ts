import type { Field, Finding } from '../../kube/schema/field.ts';

const topologyLabels = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];
const isTopology = (priority: Field) => topologyLabels.includes(priority.text);

/** agent/validation.go, ValidateLocalityLbSetting. */
export function localityFindings(setting: Field, outlier: Field): Finding[] {
  if (!setting.present) return [];
  const [distribute, failover] = [setting.get('distribute'), setting.get('failover')];
  if (distribute.size > 0 && failover.size > 0) {
    return [setting.error("can not simultaneously specify 'distribute' and 'failover'")];
  }
  const label = setting.get('failoverPriority').items().find(isTopology);
  if (failover.size > 0 && label) {
    return [
      label.error(`can not simultaneously set 'failover' and topology label '${label.text}' in 'failover_priority'`),
    ];
  }
  const weights = distribute.items().flatMap(weightsOf).slice(0, 1);
  if (weights.length > 0) return weights;
  return [
    ...distribute.items().flatMap((d) =>
      localities(
        d
          .get('to')
          .entries()
          .map(([name, field]) => ({ name, field })),
      ),
    ),
    ...localities(distribute.items().map((d) => ({ name: d.get('from').text, field: d.get('from') }))),
    ...noOutlier(setting, outlier),
    ...failover.items().flatMap((f) =>
      regions(f, {
        same: 'locality lb failover settings must specify different regions',
        slash: 'locality lb failover only specify region',
        star: "locality lb failover region should not contain '*' wildcard",
      }),
    ),
  ];
}

/** agent/validation.go, ValidateZoneAwareLbSetting. */
export function zoneAwareFindings(setting: Field, outlier: Field): Finding[] {
  if (!setting.present) return [];
  const why = 'region- and zone-level routing are handled automatically';
  return [
    ...setting
      .get('failoverPriority')
      .items()
      .filter(isTopology)
      .map((label) =>
        label.error(`'failover_priority' for zone aware lb must not use topology label '${label.text}'; ${why}`),
      ),
    ...noOutlier(setting, outlier),
    ...setting
      .get('failover')
      .items()
      .flatMap((f) =>
        regions(f, {
          same: 'zone aware lb failover settings must specify different regions',
          slash: 'zone aware lb failover only specifies region; zone and subzone failover are handled automatically',
          star: "zone aware lb failover region should not contain '*' wildcard",
        }),
      ),
  ];
}

function weightsOf(distribute: Field): Finding[] {
  const to = distribute.get('to');
  const weights = to.entries().map(([, weight]) => weight.number);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (weights.some((weight) => weight <= 0 || weight > 100))
    return [to.error('locality weight must be in range [1, 100]')];
  return to.when(total !== 100, `total locality weight ${total} != 100`);
}

function noOutlier(setting: Field, outlier: Field): Finding[] {
  const failsOver = setting.get('failover').size > 0 || setting.get('failoverPriority').size > 0;
  return failsOver && !outlier.present ? [setting.warn('outlier detection policy must be provided for failover')] : [];
}

function regions(failover: Field, words: { same: string; slash: string; star: string }): Finding[] {
  const [from, to] = [failover.get('from').text, failover.get('to').text];
  return [
    ...failover.when(from === to, words.same),
    ...failover.when(`${from}${to}`.includes('/'), words.slash),
    ...failover.when(`${from}${to}`.includes('*'), words.star),
  ];
}

/** `region/zone/subzone`, later parts optional; one may not cover another. istiod stops at the first error. */
function localities(all: { name: string; field: Field }[]): Finding[] {
  const seen: string[][] = [];
  for (const { name, field } of all) {
    const parts = name.split('/').slice(0, 3);
    if (/\*./.test(name))
      return [field.error(`locality ${name} wildcard '*' number can not exceed 1 and must be in the end`)];
    if (parts.includes('')) return [field.error(`locality ${name} must not contain empty region/zone/subzone info`)];
    if (seen.some((other) => overlap(other, parts)))
      return [field.error(`locality ${name} overlap with previous specified ones`)];
    // `us/*` as an earlier one covers what `us` covers.
    seen.push(parts.length > 1 && parts.at(-1) === '*' ? parts.slice(0, -1) : parts);
  }
  return [];
}

/** A shorter one that came first covers what begins like it; equal ones overlap; a longer one that came first only a bare region. */
function overlap(earlier: string[], later: string[]): boolean {
  if (earlier[0] === '*') return true;
  if (later.length === 1) return earlier[0] === later[0];
  const shared = Math.min(earlier.length, later.length);
  return earlier.slice(0, shared).every((part, i) => part === later[i]);
}
