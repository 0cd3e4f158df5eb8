import type { SidecarScope } from '../snapshot/scope-types.ts';
import type { Equal } from './equal.ts';

/** What differs in what the proxies of a scope see of the mesh. */
export interface ScopeChange {
  sidecar: boolean;
  virtualServices: boolean;
  services: boolean;
  destinationRules: boolean;
  /** Hosts whose service or DestinationRule is another than before. */
  hosts: ReadonlySet<string>;
}

const nothing: ScopeChange = {
  sidecar: false,
  virtualServices: false,
  services: false,
  destinationRules: false,
  hosts: new Set(),
};

/**
 * istiod asks whether the name of a changed object is among those that a scope was made of, before or after the change
 * (DependsOnConfig in istio pilot/pkg/model/sidecar.go). Here the scopes themselves are compared: that says the same, and sees as
 * well what a new object only hides.
 */
export function scopeChange(
  before: SidecarScope,
  after: SidecarScope,
  with_: { equal: Equal; rulesChanged: boolean },
): ScopeChange {
  if (before === after) return nothing;
  const { equal } = with_;
  const services = changedServices(before, after, equal);
  const rules = with_.rulesChanged ? changedRules(before, after, equal) : [];
  return {
    sidecar: !equal(ofSidecar(before), ofSidecar(after)),
    virtualServices: !equal(
      before.egress.map((e) => e.virtualServices),
      after.egress.map((e) => e.virtualServices),
    ),
    services: services.length > 0 || !equal(order(before), order(after)),
    destinationRules: rules.length > 0,
    hosts: new Set([...services, ...rules]),
  };
}

const ofSidecar = ({ sidecar, outboundTrafficPolicy, egress }: SidecarScope) => [
  sidecar,
  outboundTrafficPolicy,
  egress.map((e) => e.listener),
];

/** Of services that want the same port or address the first counts, so their order matters. */
const order = ({ services, egress }: SidecarScope) => [services, egress.map((e) => e.services)];

const changedServices = (before: SidecarScope, after: SidecarScope, equal: Equal): string[] =>
  [...new Set([...before.byHost.keys(), ...after.byHost.keys()])].filter(
    (host) => !equal(before.byHost.get(host), after.byHost.get(host)),
  );

const changedRules = (before: SidecarScope, after: SidecarScope, equal: Equal): string[] =>
  [...after.byHost.keys()].filter((host) => !equal(before.destinationRules(host), after.destinationRules(host)));
