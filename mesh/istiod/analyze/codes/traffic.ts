import { code, goList, quoted } from '../code.ts';

/** Codes of VirtualServices, DestinationRules, ServiceEntries and Sidecars. */
export const traffic = {
  ConflictingMeshGatewayVirtualServiceHosts: code<{ virtualServices: string; host: string }>({
    code: 'IST0109',
    name: 'ConflictingMeshGatewayVirtualServiceHosts',
    level: 'Error',
    message: ({ virtualServices, host }) =>
      `The VirtualServices ${virtualServices} associated with mesh gateway define the same host ${host} which can lead to undefined behavior. This can be fixed by merging the conflicting VirtualServices into a single resource.`,
    meaning: 'Sidecars take one VirtualService for a host, the oldest that they see, and ignore the others.',
    fix: 'Merge their routes into one VirtualService, or narrow exportTo or gateways.',
  }),
  ConflictingSidecarWorkloadSelectors: code<{ sidecars: readonly string[]; namespace: string; pod: string }>({
    code: 'IST0110',
    name: 'ConflictingSidecarWorkloadSelectors',
    level: 'Error',
    message: ({ sidecars, namespace, pod }) =>
      `The Sidecars ${goList(sidecars)} in namespace ${quoted(namespace)} select the same workload pod ${quoted(pod)}, which can lead to undefined behavior.`,
    meaning: 'A pod is configured by one Sidecar only.',
    fix: 'Make the selectors exclude one another, or merge the Sidecars.',
  }),
  MultipleSidecarsWithoutWorkloadSelectors: code<{ sidecars: readonly string[]; namespace: string }>({
    code: 'IST0111',
    name: 'MultipleSidecarsWithoutWorkloadSelectors',
    level: 'Error',
    message: ({ sidecars, namespace }) =>
      `The Sidecars ${goList(sidecars)} in namespace ${quoted(namespace)} have no workload selector, which can lead to undefined behavior.`,
    meaning: 'Only one Sidecar can stand for a whole namespace.',
    fix: 'Keep one without workloadSelector.',
  }),
  VirtualServiceDestinationPortSelectorRequired: code<{ host: string; ports: readonly number[] }>({
    code: 'IST0112',
    name: 'VirtualServiceDestinationPortSelectorRequired',
    level: 'Error',
    message: ({ host, ports }) =>
      `This VirtualService routes to a service ${quoted(host)} that exposes multiple ports ${goList(ports)}. Specifying a port in the destination is required to disambiguate.`,
    meaning: 'istiod cannot tell which port is meant, and takes that of the listener.',
    fix: 'Add port.number to the destination.',
  }),
  NoServerCertificateVerificationDestinationLevel: code<{
    rule: string;
    namespace: string;
    mode: string;
    host: string;
  }>({
    code: 'IST0128',
    name: 'NoServerCertificateVerificationDestinationLevel',
    level: 'Warning',
    message: ({ rule, namespace, mode, host }) =>
      `DestinationRule ${rule} in namespace ${namespace} has TLS mode set to ${mode} but no caCertificates are set to validate server identity for host: ${host}`,
    meaning: 'The connection is encrypted, but anybody may answer it.',
    fix: 'Set caCertificates (or credentialName with a workloadSelector) and subjectAltNames.',
  }),
  NoServerCertificateVerificationPortLevel: code<{
    rule: string;
    namespace: string;
    mode: string;
    host: string;
    port: string;
  }>({
    code: 'IST0129',
    name: 'NoServerCertificateVerificationPortLevel',
    level: 'Warning',
    message: ({ rule, namespace, mode, host, port }) =>
      `DestinationRule ${rule} in namespace ${namespace} has TLS mode set to ${mode} but no caCertificates are set to validate server identity for host: ${host} at port ${port}`,
    meaning: 'The connection to this port is encrypted, but anybody may answer it.',
    fix: 'Set caCertificates (or credentialName with a workloadSelector) and subjectAltNames for the port.',
  }),
  VirtualServiceUnreachableRule: code<{ rule: string; reason: string }>({
    code: 'IST0130',
    name: 'VirtualServiceUnreachableRule',
    level: 'Warning',
    message: ({ rule, reason }) => `VirtualService rule ${rule} not used (${reason}).`,
    meaning: 'Rules are tried in order; an earlier one takes every request of this one.',
    fix: 'Move the rule up, narrow the earlier one, or delete it.',
  }),
  VirtualServiceIneffectiveMatch: code<{ rule: string; match: string; before: string }>({
    code: 'IST0131',
    name: 'VirtualServiceIneffectiveMatch',
    level: 'Info',
    message: ({ rule, match, before }) =>
      `VirtualService rule ${rule} match ${match} is not used (duplicate/overlapping match in rule ${before}).`,
    meaning: 'An earlier match takes every request of this one.',
    fix: 'Put the narrower match first, or delete one of the two.',
  }),
  ServiceEntryAddressesRequired: code({
    code: 'IST0134',
    name: 'ServiceEntryAddressesRequired',
    level: 'Warning',
    message: () => 'ServiceEntry addresses are required for this protocol.',
    meaning: 'TCP has no host name in it: without an address its listener takes all traffic to the port.',
    fix: 'Add addresses, or let proxies answer DNS (ISTIO_META_DNS_CAPTURE) so that one is allocated.',
  }),
  DestinationRuleSubsetNotSelectPods: code<{ subset: string }>({
    code: 'IST0173',
    name: 'DestinationRuleSubsetNotSelectPods',
    level: 'Error',
    message: ({ subset }) =>
      `The Subset ${subset} defined in the DestinationRule does not select any pods. Which may lead to 503 UH (NoHealthyUpstream).`,
    meaning: 'Requests that are routed to this subset are answered with 503.',
    fix: 'Compare the labels of the subset with those of the pods.',
  }),
  UnknownDestinationRuleHost: code<{ host: string }>({
    code: 'IST0174',
    name: 'UnknownDestinationRuleHost',
    level: 'Warning',
    message: ({ host }) => `The host ${host} defined in the DestinationRule does not match any services in the mesh.`,
    meaning: 'The rule has no effect.',
    fix: 'Correct the host; a short name means a service in the namespace of the rule.',
  }),
  ConflictingServiceEntryProtocol: code<{ serviceEntries: string; host: string; port: number; protocols: string }>({
    code: 'IST0177',
    name: 'ConflictingServiceEntryProtocol',
    level: 'Warning',
    message: ({ serviceEntries, host, port, protocols }) =>
      `Multiple ServiceEntries (${serviceEntries}) define the same host ${quoted(host)} and port ${port} with conflicting protocols (${protocols}).`,
    meaning: 'Which protocol a proxy speaks to the host depends on the order of the entries.',
    fix: 'Give the port one protocol everywhere, or export the entries to different namespaces.',
  }),
};
