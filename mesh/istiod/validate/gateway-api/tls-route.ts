import type { Field, Finding } from '../../../kube/schema/field.ts';
import { crdRule } from '../crd.ts';
import { isIp } from '../names.ts';
import { l4RouteCrd } from './backends.ts';

const dns = /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)$/;

export function tlsRouteCrd(spec: Field): Finding[] {
  const hostnames = spec.get('hostnames');
  const names = hostnames.items().map((name) => name.text);
  const wildcards = names.filter((name) => name.includes('*'));
  const plain = names.filter((name) => !name.includes('*'));
  return [
    ...crdRule(hostnames, names.some(isIp), 'Hostnames cannot contain an IP'),
    ...crdRule(hostnames, !plain.every((name) => dns.test(name)), 'Hostnames must be valid based on RFC-1123'),
    ...crdRule(
      hostnames,
      !wildcards.every((name) => name.startsWith('*.') && dns.test(name.slice(2))),
      'Wildcards on hostnames must be the first label, and the rest of hostname must be valid based on RFC-1123',
    ),
    ...l4RouteCrd(spec),
  ];
}
