import type { Field } from '../../../kube/schema/field.ts';

/** A destination of a VirtualService, and whether requests are only copied to it. */
export interface Leg {
  mirror: boolean;
  field: Field;
  host: string;
  subset: string;
}

const leg = (field: Field, mirror: boolean): Leg[] =>
  field.present ? [{ mirror, field, host: field.get('host').text, subset: field.get('subset').text }] : [];

/** In Istio's order: TCP, TLS, HTTP, then mirrors (analyzers/virtualservice/util.go). */
export const legsOf = (spec: Field): Leg[] => [
  ...['tcp', 'tls', 'http'].flatMap((kind) =>
    spec.select(`${kind}[].route[]`).flatMap((route) => leg(route.get('destination'), false)),
  ),
  ...spec
    .select('http[]')
    .flatMap((route) => [
      ...leg(route.get('mirror'), true),
      ...route.select('mirrors[]').flatMap((mirror) => leg(mirror.get('destination'), true)),
    ]),
];
