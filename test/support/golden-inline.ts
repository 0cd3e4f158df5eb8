import { bootstrap } from '../../mesh/host/envoy/bootstrap.ts';
import type { LocalConfig, LocalPlace } from '../../mesh/host/localise/place.ts';
import { forEachObject, nameOf, objects, text } from '../../mesh/host/localise/walk.ts';
import { createCa } from '../../mesh/istiod/ca/ca.ts';
import { certificateSecret, validationSecret } from '../../mesh/istiod/ca/secret.ts';
import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { spiffeId } from '../../mesh/istiod/spiffe.ts';
import { isObject, type JsonObject } from '../../mesh/json.ts';

/**
 * A bootstrap that holds the whole configuration. `envoy --mode validate` starts no subscription, so what came by RDS, EDS,
 * ECDS and SDS must stand inside or it is never looked at (envoy-spike.md, part 2, section 1). Changes `config`.
 */
export function inlined(
  config: LocalConfig,
  { proxy, place, secrets }: { proxy: MeshProxy; place: LocalPlace; secrets: TestSecrets },
): JsonObject {
  const asked = new Map<string, JsonObject>();
  for (const resource of [...config.listeners, ...config.clusters]) {
    forEachObject(resource, (object) => {
      inlineRoutes(object, config);
      inlineExtension(object, config);
      inlineSecret(object, { asked, secrets });
    });
  }
  for (const cluster of config.clusters) inlineEndpoints(cluster, config);
  const { dynamicResources, staticResources, ...start } = bootstrap({
    nodeId: proxy.id,
    cluster: `${proxy.name}.${proxy.namespace}`,
    metadata: proxy.metadata,
    ...place,
  });
  const own = isObject(staticResources) ? objects(staticResources.clusters) : [];
  const { listeners, clusters } = config;
  return { ...start, staticResources: { listeners, clusters: [...clusters, ...own], secrets: [...asked.values()] } };
}

const named = (resources: readonly JsonObject[], name: string, what: string): JsonObject => {
  const found = resources.find((resource) => nameOf(resource) === name);
  if (!found) throw new Error(`${what} ${name} is asked for and was not sent`);
  return found;
};

function inlineRoutes(object: JsonObject, config: LocalConfig): void {
  if (!isObject(object.rds)) return;
  object.routeConfig = named(config.routes, text(object.rds, 'routeConfigName'), 'route configuration');
  delete object.rds;
}

function inlineExtension(object: JsonObject, config: LocalConfig): void {
  if (!isObject(object.configDiscovery)) return;
  object.typedConfig = named(config.extensionConfigs, text(object, 'name'), 'extension configuration').typedConfig;
  delete object.configDiscovery;
}

function inlineEndpoints(cluster: JsonObject, config: LocalConfig): void {
  if (cluster.type !== 'EDS') return;
  const eds = isObject(cluster.edsClusterConfig) ? cluster.edsClusterConfig : {};
  const name = text(eds, 'serviceName') || text(cluster, 'name');
  cluster.type = 'STATIC';
  cluster.loadAssignment = named(config.endpoints, name, 'endpoints');
  delete cluster.edsClusterConfig;
}

/** Without a source the name is looked for among the bootstrap's own secrets. */
function inlineSecret(object: JsonObject, to: { asked: Map<string, JsonObject>; secrets: TestSecrets }): void {
  const certificates = objects(object.tlsCertificateSdsSecretConfigs);
  const validations = [object.validationContextSdsSecretConfig].filter(isObject);
  for (const use of [...certificates, ...validations]) {
    const name = text(use, 'name');
    delete use.sdsConfig;
    const { '@type': _, ...secret } = validations.includes(use) ? to.secrets.validation : to.secrets.certificate;
    to.asked.set(name, { ...secret, name });
  }
}

export interface TestSecrets {
  certificate: JsonObject;
  validation: JsonObject;
}

/** One certificate and its root; what they say does not matter to Envoy's reading. */
export async function someSecrets(): Promise<TestSecrets> {
  const ca = await createCa({ clock: Date, trustDomain: 'cluster.local' });
  const issued = await ca.issue({ spiffeId: spiffeId('cluster.local', 'shop', 'web') });
  return { certificate: certificateSecret(issued), validation: validationSecret(ca.rootCertificate) };
}
