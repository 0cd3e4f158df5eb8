import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule } from '../crd.ts';
import { referenceRules } from './duplicates.ts';

export const backendTlsPolicyCrd = (spec: Field): Finding[] => [
  ...referenceRules(spec.get('targetRefs'), {
    object: { group: '', kind: '', name: '' },
    parts: ['sectionName'],
    words: { list: 'targetRefs', object: 'target', parts: 'sectionName' },
  }),
  ...authorityRules(spec.get('validation')),
  ...spec.select('validation.subjectAltNames[]').flatMap(nameRules),
];

function authorityRules(validation: Field): Finding[] {
  if (!validation.present) return [];
  const refs = validation.get('caCertificateRefs').size > 0;
  const wellKnown = validation.get('wellKnownCACertificates').text !== '';
  return [
    ...crdRule(validation, refs && wellKnown, 'must not contain both CACertificateRefs and WellKnownCACertificates'),
    ...crdRule(validation, !refs && !wellKnown, 'must specify either CACertificateRefs or WellKnownCACertificates'),
  ];
}

const forms: [type: string, field: string, name: string][] = [
  ['Hostname', 'hostname', 'Hostname'],
  ['URI', 'uri', 'URI'],
];

const nameRules = (san: Field): Finding[] =>
  forms.flatMap(([type, field, name]) => {
    const is = san.get('type').text === type;
    const set = san.get(field).text !== '';
    const words = (verb: string, when: string) => `SubjectAltName element ${verb} ${name}, if Type is ${when} ${type}`;
    return [
      ...crdRule(san, is && !set, words('must contain', 'set to')),
      ...crdRule(san, !is && set, words('must not contain', 'not set to')),
    ];
  });
