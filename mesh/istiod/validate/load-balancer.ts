import type { Field, Finding } from '../../kube/schema/field.ts';
import { durationFindings } from './duration.ts';
import { localityFindings, zoneAwareFindings } from './locality.ts';

/** `loadBalancer` of a traffic policy; `outlier` stands beside it (validateLoadBalancer). */
export function loadBalancerFindings(settings: Field, outlier: Field): Finding[] {
  if (!settings.present) return [];
  const [locality, zone] = [settings.get('localityLbSetting'), settings.get('zoneAwareLbSetting')];
  const both = locality.present && zone.present;
  return [
    ...consistentHashFindings(settings.get('consistentHash')),
    ...zone.when(both, 'only one of localityLbSetting and zoneAwareLbSetting can be set'),
    ...localityFindings(locality, outlier),
    ...zoneAwareFindings(zone, outlier),
    ...warmupFindings(settings.get('warmup')),
  ];
}

function consistentHashFindings(hash: Field): Finding[] {
  const size = hash.get('minimumRingSize');
  const algorithm = hash.get('maglev').present || hash.get('ringHash').present;
  const old = "consistent hash MinimumRingSize is deprecated, use ConsistentHashLB's RingHash configuration instead";
  return [
    ...cookieFindings(hash.get('httpCookie')),
    ...(size.number === 0 ? [] : [size.warn(old)]),
    ...size.when(size.number !== 0 && algorithm, 'only one of MinimumRingSize or Maglev/Ringhash can be specified'),
    ...maglevFindings(hash.get('maglev')),
  ];
}

function cookieFindings(cookie: Field): Finding[] {
  if (!cookie.present) return [];
  const seen = new Set<string>();
  const attributes = cookie
    .get('attributes')
    .items()
    .flatMap((attribute) => {
      const name = attribute.get('name').text;
      if (name === '') return [attribute.error('cookie attribute name cannot be empty')];
      const again = seen.has(name);
      seen.add(name);
      return attribute.when(again, `duplicate cookie attribute name: ${name}`);
    });
  return [...cookie.when(cookie.get('name').text === '', 'name required for HttpCookie'), ...attributes];
}

function maglevFindings(maglev: Field): Finding[] {
  if (!maglev.present) return [];
  const size = maglev.get('tableSize').number;
  return [
    ...maglev.when(size === 0, 'tableSize must be set for maglev'),
    ...maglev.when(size >= 5000011, 'tableSize must be less than 5000011 for maglev'),
    ...maglev.when(!isPrime(size), 'tableSize must be a prime number for maglev'),
  ];
}

/** 1 counts as a prime, as in Envoy's common/utility.cc. */
function isPrime(x: number): boolean {
  if (x !== 0 && x < 4) return true;
  if (x % 2 === 0) return false;
  for (let factor = 3; factor * factor <= x; factor += 2) if (x % factor === 0) return false;
  return true;
}

function warmupFindings(warmup: Field): Finding[] {
  if (!warmup.present) return [];
  const [duration, percent, aggression] = ['duration', 'minimumPercent', 'aggression'].map((name) => warmup.get(name));
  return [
    ...(duration?.present ? durationFindings(duration) : [warmup.error('duration is required')]),
    ...(percent?.when(percent.number > 100, 'minimumPercent value should be less than or equal to 100') ?? []),
    ...(aggression?.when(aggression.present && aggression.number <= 0, 'aggression should be greater than 0') ?? []),
  ];
}
