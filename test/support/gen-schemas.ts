import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Schema } from '../../mesh/kube/schema/schema.ts';
import type { Generated } from './gen.ts';
import { type AjvValidator, probe } from './probe-validator.ts';
import { complete } from './schema-additions.ts';

interface Source {
  /** The file below mesh/kube/schema, without `.gen.ts`. */
  name: string;
  /** The folder of the precompiled validators, below node_modules. */
  from: string;
  /** `Kind.group` (as a CustomResourceDefinition names it, core kinds without a group) to the validator's module. */
  kinds: { [kind: string]: string };
}

/** Built-in kinds share one file, because a pod template stands in most of them. */
const sources: Source[] = [
  {
    name: 'kubernetes',
    from: 'kubernetes-models/_schemas',
    kinds: {
      ...modules('', 'IoK8sApiCoreV1', [
        'ConfigMap',
        'Endpoints',
        'Event',
        'Namespace',
        'Node',
        'Pod',
        'Secret',
        'Service',
        'ServiceAccount',
      ]),
      ...modules('.apps', 'IoK8sApiAppsV1', ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']),
      ...modules('.batch', 'IoK8sApiBatchV1', ['Job']),
      ...modules('.coordination.k8s.io', 'IoK8sApiCoordinationV1', ['Lease']),
      ...modules('.discovery.k8s.io', 'IoK8sApiDiscoveryV1', ['EndpointSlice']),
    },
  },
  {
    name: 'istio',
    from: '@kubernetes-models/istio/_schemas',
    kinds: {
      ...modules('.networking.istio.io', 'NetworkingIstioIoV1', [
        'DestinationRule',
        'Gateway',
        'ServiceEntry',
        'Sidecar',
        'VirtualService',
        'WorkloadEntry',
        'WorkloadGroup',
      ]),
      ...modules('.networking.istio.io', 'NetworkingIstioIoV1alpha3', ['EnvoyFilter']),
      ...modules('.networking.istio.io', 'NetworkingIstioIoV1beta1', ['ProxyConfig']),
      ...modules('.security.istio.io', 'SecurityIstioIoV1', [
        'AuthorizationPolicy',
        'PeerAuthentication',
        'RequestAuthentication',
      ]),
      ...modules('.telemetry.istio.io', 'TelemetryIstioIoV1', ['Telemetry']),
      ...modules('.extensions.istio.io', 'ExtensionsIstioIoV1alpha1', ['WasmPlugin']),
    },
  },
  {
    name: 'gateway',
    from: '@kubernetes-models/gateway-api/_schemas',
    kinds: {
      ...modules('.gateway.networking.k8s.io', 'IoK8sSigsGatewayApiApisV1', [
        'BackendTLSPolicy',
        'GRPCRoute',
        'Gateway',
        'GatewayClass',
        'HTTPRoute',
        'ListenerSet',
        'ReferenceGrant',
        'TLSRoute',
      ]),
      ...modules('.gateway.networking.k8s.io', 'IoK8sSigsGatewayApiApisV1alpha2', ['TCPRoute', 'UDPRoute']),
    },
  },
];

function modules(group: string, prefix: string, kinds: string[]): { [kind: string]: string } {
  return Object.fromEntries(kinds.map((kind) => [`${kind}${group}`, `${prefix}${kind}.js`]));
}

/** mesh/kube/schema/*.gen.ts: what the kinds' fields are, out of the installed @kubernetes-models packages. */
export async function files(): Promise<Generated[]> {
  return Promise.all(
    sources.map(async (source) => ({
      path: `mesh/kube/schema/${source.name}.gen.ts`,
      text: print(await schemasOf(source)),
    })),
  );
}

async function schemasOf({ from, kinds }: Source): Promise<[string, Schema][]> {
  const folder = join(resolve(import.meta.dirname, '../../node_modules'), from);
  return Promise.all(
    Object.entries(kinds).map(async ([kind, file]): Promise<[string, Schema]> => {
      const { validate } = (await import(pathToFileURL(join(folder, file)).href)) as { validate: AjvValidator };
      return [kind, complete(kind, withoutTypeMeta(probe(validate)))];
    }),
  );
}

/** apiVersion and kind are the kinds table's business: a kind has one schema for all its versions. */
function withoutTypeMeta(schema: Schema): Schema {
  const type: Schema = { type: 'string' };
  return { ...schema, fields: { ...schema.fields, apiVersion: type, kind: type } };
}

/** A constant for each different schema that is used more than once, so that what repeats is written once. */
function print(schemas: [string, Schema][]): string {
  const uses = new Map<string, number>();
  const count = (schema: Schema) => {
    const key = JSON.stringify(schema);
    const before = uses.get(key) ?? 0;
    uses.set(key, before + 1);
    if (before === 0) for (const child of childrenOf(schema)) count(child);
  };
  for (const [, schema] of schemas) count(schema);
  const names = new Map<string, string>();
  const constants: string[] = [];
  const refer = (schema: Schema): string => {
    const key = JSON.stringify(schema);
    const known = names.get(key);
    if (known) return known;
    const text = write(schema, refer);
    if ((uses.get(key) ?? 0) < 2) return text;
    const name = `t${names.size}`;
    names.set(key, name);
    constants.push(`const ${name}: Schema = ${text};`);
    return name;
  };
  const kinds = schemas.map(([kind, schema]) => `  ${JSON.stringify(kind)}: ${refer(schema)},`);
  return [
    '// Generated by `npm run gen` (test/support/gen-schemas.ts). Do not edit.',
    "import type { Schema, Schemas } from './schema.ts';",
    ...constants,
    `export const schemas: Schemas = {\n${kinds.join('\n')}\n};\n`,
  ].join('\n');
}

function childrenOf(schema: Schema): Schema[] {
  return [...Object.values(schema.fields ?? {}), ...[schema.values, schema.items].filter((s) => s !== undefined)];
}

function write(schema: Schema, refer: (schema: Schema) => string): string {
  const { fields, values, items, ...plain } = schema;
  const parts = Object.entries(plain).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  if (fields) {
    parts.push(
      `fields: { ${Object.entries(fields)
        .map(([name, s]) => `${JSON.stringify(name)}: ${refer(s)}`)
        .join(', ')} }`,
    );
  }
  if (values) parts.push(`values: ${refer(values)}`);
  if (items) parts.push(`items: ${refer(items)}`);
  return `{ ${parts.join(', ')} }`;
}
