import type { PodRef } from '../../mesh/kube/runtime.ts';
import type { ConfigEvidence, Evidence, ObjectEvidence, StatsEvidence } from '../check/kind.ts';
import type { Check } from '../lab/lab.ts';
import type { ConfigFacts, ObjectFacts, StatsFacts } from '../lab/schema/facts.ts';
import { workloadName } from '../lab/schema/units.ts';
import { analysisOf } from './analysis.ts';
import { RunError } from './failure.ts';
import type { Session } from './session.ts';

/** Looks at the mesh for one check. Observations are not collected here but taken from the traffic's sample. */
export async function evidenceFor(check: Check, session: Session): Promise<Evidence> {
  const before = session.before.get(check);
  switch (check.needs) {
    case 'observations':
      return observed(check.traffic, session);
    case 'config':
      return configOf(check.config, session);
    case 'objects':
      return objectsOf(check.object, { session, before });
    case 'stats':
      return statsOf(check.stats, { session, before });
    case 'analysis':
      return analysisOf(session);
    case 'answer':
      throw new RunError('place', {
        what: 'Questions are answered by learners; a run with a solution cannot judge them.',
      });
  }
}

function observed(traffic: string, { samples }: Session): Evidence {
  const sample = samples.get(traffic);
  return {
    needs: 'observations',
    observations: sample?.observations ?? [],
    sample: sample?.kind ?? 'fixed',
    delays: sample?.delays ?? [],
  };
}

/** The running pods of APP or APP.NAMESPACE, by the label `app`. */
async function podsOf(workload: string, { warm }: Session): Promise<PodRef[]> {
  const { app, namespace } = workloadName(workload);
  const { items } = await warm.mesh.api.list(
    { apiVersion: 'v1', kind: 'Pod' },
    { namespace, labelSelector: `app=${app}` },
  );
  return items
    .filter((pod) => pod.metadata.deletionTimestamp === undefined)
    .map((pod) => ({ namespace, name: pod.metadata.name }));
}

async function configOf({ proxy }: ConfigFacts, session: Session): Promise<ConfigEvidence> {
  const pods = await podsOf(proxy, session);
  const proxies = pods.map(async (pod) => {
    const admin = session.warm.mesh.admin(pod);
    const asked = [admin.configDump({ eds: true }), admin.clusters(), admin.certificates()] as const;
    const [configDump, clusters, certificates] = await Promise.all(asked);
    return { proxy: `${pod.name}.${pod.namespace}`, configDump, clusters, certificates };
  });
  return { needs: 'config', proxies: await Promise.all(proxies) };
}

type Looking = { session: Session; before: Evidence | undefined };

async function objectsOf(facts: ObjectFacts, { session, before }: Looking): Promise<ObjectEvidence> {
  const { apiVersion, kind, namespace, name, selector } = facts;
  const namespaced = session.kinds.find({ apiVersion, kind })?.namespaced !== false;
  const { items } = await session.warm.mesh.api.list(
    { apiVersion, kind },
    {
      ...(namespaced && { namespace }),
      ...(selector !== undefined && { labelSelector: selector }),
      ...(name !== undefined && { fieldSelector: `metadata.name=${name}` }),
    },
  );
  return { needs: 'objects', objects: items, before: before?.needs === 'objects' ? before.objects : [] };
}

async function statsOf({ proxy, matching }: StatsFacts, { session, before }: Looking): Promise<StatsEvidence> {
  const earlier = before?.needs === 'stats' ? before.proxies : [];
  const proxies = (await podsOf(proxy, session)).map(async (pod) => {
    const name = `${pod.name}.${pod.namespace}`;
    const stats = await session.warm.mesh.admin(pod).stats(matching);
    return { proxy: name, stats, before: earlier.find((e) => e.proxy === name)?.stats ?? new Map<string, number>() };
  });
  return { needs: 'stats', proxies: await Promise.all(proxies) };
}
