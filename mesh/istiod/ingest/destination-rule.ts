import type { KubeObject } from '../../kube/objects.ts';
import type { Config } from '../model/config.ts';
import { type DestinationRule, destinationRule } from '../model/destination-rule.ts';
import { resolveShortName } from '../model/host.ts';
import { type Intake, readConfig } from './read.ts';

export function ingestDestinationRule(object: KubeObject, intake: Intake): Config<DestinationRule> {
  const config = readConfig(object, destinationRule, intake);
  config.spec.host = resolveShortName(config.spec.host ?? '', config.namespace);
  return config;
}
