import type { Config } from '../../model/config.ts';
import type { KubernetesGateway } from '../../model/kubernetes-gateway.ts';
import type { ConfigError } from './conditions.ts';
import { type GatewayWorld, serviceHost } from './world.ts';

/** Without an address, or with the one IP that it shall have, Istio deploys the Gateway itself (IsManaged). */
export function isManaged({ addresses = [] }: KubernetesGateway): boolean {
  const [first] = addresses;
  return !first || (addresses.length === 1 && (first.type ?? 'IPAddress') === 'IPAddress');
}

/** The name of what the deployment controller makes for a Gateway; of a waypoint it is the Gateway's own. */
export const deployedName = ({ name, annotations, spec }: Config<KubernetesGateway>, waypoint?: boolean): string =>
  annotations['gateway.istio.io/name-override'] || (waypoint ? name : `${name}-${spec.gatewayClassName ?? ''}`);

/** Hosts of the Services whose workloads serve a Gateway; both hosts and error where only a part is understood (extractGatewayServices). */
export function gatewayServices(
  config: Config<KubernetesGateway>,
  { waypoint }: { waypoint?: true },
): { hosts: string[]; error?: ConfigError } {
  const { namespace, spec, annotations } = config;
  if (isManaged(spec)) return { hosts: [serviceHost(deployedName(config, waypoint), namespace)] };
  const addresses = spec.addresses ?? [];
  const isHost = (type: string | undefined) => type === undefined || type === 'Hostname';
  const hosts = addresses
    .filter((a) => isHost(a.type))
    .map(({ value = '' }) => (value.includes('.') ? value : serviceHost(value, namespace)));
  const skipped = addresses.filter((a) => !isHost(a.type)).map((a) => a.value ?? '');
  if (skipped.length > 0) {
    const message = `only Hostname is supported, ignoring [${skipped.join(' ')}]`;
    return { hosts, error: { reason: 'UnsupportedAddress', message } };
  }
  const old = 'networking.istio.io/service-type';
  if (old in annotations) {
    const message = `annotation ${old} is deprecated, use Spec.Infrastructure.Routeability`;
    return { hosts, error: { reason: 'DeprecatedField', message } };
  }
  return { hosts };
}

/** Settings of the deployment come from a ConfigMap (validateParametersRef). */
export function parametersError(
  { namespace, spec }: Config<KubernetesGateway>,
  { configMaps }: GatewayWorld,
): ConfigError | undefined {
  const ref = spec.infrastructure?.parametersRef;
  if (!ref) return undefined;
  const { group = '', kind = '', name = '' } = ref;
  const invalid = (message: string): ConfigError => ({ reason: 'InvalidParameters', message });
  if (kind !== 'ConfigMap' || group !== '')
    return invalid(`Unsupported parametersRef group/kind ${group}/${kind}, only ConfigMap is supported`);
  if (configMaps.has(`${namespace}/${name}`)) return undefined;
  return invalid(`parametersRef ConfigMap ${namespace}/${name} does not exist`);
}
