import type { Field, Finding } from '../../kube/schema/field.ts';
import { crdSelector, selectorFindings } from './common.ts';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function peerAuthenticationCrd(spec: Field): Finding[] {
  const ports = spec.get('portLevelMtls');
  const wrongPort = ports.entries().some(([port]) => !isPort(port));
  return [
    ...spec.when(ports.present && noSelector(spec), 'Invalid value: portLevelMtls requires selector'),
    ...ports.when(wrongPort, 'Invalid value: port must be between 1-65535'),
    ...crdSelector(spec.get('selector')),
  ];
}

/** pkg/config/validation/validation.go, ValidatePeerAuthentication. */
export function peerAuthenticationWebhook(spec: Field): Finding[] {
  const ports = spec.get('portLevelMtls');
  return [
    ...ports.when(ports.size > 0 && noSelector(spec), 'mesh/namespace peer authentication cannot have port level mTLS'),
    ...ports.when(ports.present && ports.size === 0, 'port level mTLS, if defined, must have at least one element'),
    ...ports.entries().flatMap(([port, mtls]) => mtls.when(!isPort(port), 'port must be in range 1..65535')),
    ...selectorFindings(spec.get('selector')),
  ];
}

const noSelector = (spec: Field) => spec.at('selector', 'matchLabels').size === 0;
const isPort = (text: string) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 65535;
