import { groupOf, type KindInfo } from '../kind-info.ts';
import { schemas as gateway } from './gateway.gen.ts';
import { schemas as istio } from './istio.gen.ts';
import { schemas as kubernetes } from './kubernetes.gen.ts';
import type { Schema, Schemas } from './schema.ts';
import { trafficExtension } from './traffic-extension.ts';

const schemas: Schemas = {
  ...kubernetes,
  ...istio,
  ...gateway,
  'TrafficExtension.extensions.istio.io': trafficExtension,
};

/** The schema of a kind; all its served versions share one. Absent: objects of the kind are not checked. */
export function schemaOf(info: KindInfo): Schema | undefined {
  const group = groupOf(info.apiVersion);
  return schemas[group === '' ? info.kind : `${info.kind}.${group}`];
}
