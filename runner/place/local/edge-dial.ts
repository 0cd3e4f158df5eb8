import type { EdgePort } from '../../../mesh/host/edge/edge.ts';
import { edgeName } from '../../../mesh/host/edge/names.ts';
import type { LocalMesh } from '../../../mesh/host/mesh.ts';
import { clientCertificate, trusted } from '../../../mesh/istiod/ca/credentials.ts';
import { ProblemError } from '../../../mesh/problem.ts';
import type { DialSpec, EdgeDial } from '../../traffic/types.ts';
import { type EdgeTarget, edgeTarget, secretOf } from '../edge.ts';
import type { SecretName, TrafficPlan } from '../place.ts';

/** How the traffic client gets from outside of the mesh to where the plan wants to go. */
export function edgeDial({ store, dns }: Pick<LocalMesh, 'store' | 'dns'>, plan: TrafficPlan): DialSpec {
  const target = edgeTarget(store, plan);
  const { tls = {} } = plan.request;
  const ca = tls.ca && usable(tls.ca, trusted(secretOf(store, tls.ca)));
  return {
    ...{ kind: 'edge', dns, name: edgeName(target), destination: named(target) },
    ...(ca !== undefined && { ca }),
    tls: {
      serverName: target.serverName,
      insecure: tls.insecure ?? false,
      ...(tls.certificate && { certificate: certificateOf(store, tls.certificate) }),
    },
  };
}

const named = ({ service, namespace, port }: EdgeTarget): string => `${service}.${namespace}:${port}`;

function certificateOf(store: LocalMesh['store'], name: SecretName): NonNullable<EdgeDial['tls']['certificate']> {
  const found = usable(name, clientCertificate(secretOf(store, name)));
  if (found.kind !== 'certificate') throw unusable(name);
  return { chain: found.certificate, key: found.key };
}

function usable<T>(name: SecretName, found: T | undefined): T {
  if (found === undefined) throw unusable(name);
  return found;
}

const unusable = ({ name, namespace }: SecretName): ProblemError =>
  new ProblemError({
    what: `Secret ${name}.${namespace} holds nothing that a client could use`,
    where: { object: `Secret ${namespace}/${name}` },
    fix: 'put a certificate into tls.crt with its key in tls.key, or authorities into ca.crt',
  });

/** What a person types to reach a port. */
export const reachLine = ({ service, namespace, port, name, local }: EdgePort): string => {
  const scheme = /^(https|tls)/.test(name) || port === 443 ? 'https' : 'http';
  return `curl ${scheme}://127.0.0.1:${local}   # port ${port} of Service ${service}.${namespace}, from outside of the mesh`;
};
