import type { Webhook } from '../../kube/schema/admit.ts';
import { type Field, type Finding, fieldOf, type Rule } from '../../kube/schema/field.ts';
import { destinationRuleCrd, destinationRuleWebhook } from './destination-rule.ts';
import { peerAuthenticationCrd, peerAuthenticationWebhook } from './peer-authentication.ts';
import { virtualServiceCrd, virtualServiceWebhook } from './virtual-service.ts';

interface Checks {
  /** The CRD's own rules beyond its structure: the API server refuses (422). */
  crd(spec: Field): Finding[];
  /** What istiod's validating webhook says, errors and warnings; `namespace` is the object's. */
  webhook(spec: Field, namespace: string): Finding[];
}

/** One line per kind. Kinds that are not here are checked by their schema only. */
const checks: { [kind: string]: Checks } = {
  'networking.istio.io/DestinationRule': { crd: destinationRuleCrd, webhook: destinationRuleWebhook },
  'networking.istio.io/VirtualService': { crd: virtualServiceCrd, webhook: virtualServiceWebhook },
  'security.istio.io/PeerAuthentication': { crd: peerAuthenticationCrd, webhook: peerAuthenticationWebhook },
};

const checksOf = ({ apiVersion, kind }: { apiVersion: string; kind: string }): Checks | undefined =>
  checks[`${apiVersion.split('/')[0]}/${kind}`];

/** The CRDs' CEL rules, for createAdmission({ rules }). */
export const istioCrdRules: Rule = (object) => checksOf(object)?.crd(fieldOf(object).get('spec')) ?? [];

/** All that istiod has to say about an object, warnings included. */
export function istioFindings(object: Parameters<Rule>[0]): Finding[] {
  const { annotations, name, namespace = '' } = object.metadata;
  const found = checksOf(object)?.webhook(fieldOf(object).get('spec'), namespace);
  if (!found) return [];
  // Only an AuthorizationPolicy may be a dry run (checkDryRunAnnotation).
  const dryRun = fieldOf(object).at('metadata', 'annotations', 'istio.io/dry-run');
  if (annotations?.['istio.io/dry-run'] === undefined) return found;
  return [
    dryRun.error(`${namespace}/${name} has unsupported annotation istio.io/dry-run, please remove the annotation`),
  ];
}

/** istiod's validating webhook in a default install (manifests/charts/base, istiod-default-validator). */
export const istioWebhook: Webhook = { name: 'validation.istio.io', review: (object) => istioFindings(object) };
