import { describe, expect, it } from 'vitest';
import { deployment, service, type TestCluster, testCluster } from '../../../test/support/kube-cluster.ts';
import { isReady, type Pod, podKind } from '../kinds/pod.ts';
import { type EndpointSlice, endpointSliceKind, type Service, serviceKind } from '../kinds/service.ts';
import { type Deployment, deploymentKind, type ReplicaSet, replicaSetKind } from '../kinds/workload.ts';

const pods = ({ store }: TestCluster) => store.list(podKind) as readonly Pod[];
const sets = ({ store }: TestCluster) => store.list(replicaSetKind) as readonly ReplicaSet[];
const get = ({ store }: TestCluster, name: string) =>
  store.get({ ...deploymentKind, namespace: 'default', name }) as Deployment;
const slices = ({ store }: TestCluster) => store.list(endpointSliceKind) as readonly EndpointSlice[];

async function started(...objects: Parameters<TestCluster['store']['create']>[0][]): Promise<TestCluster> {
  const cluster = testCluster();
  for (const object of objects) cluster.store.create(object);
  await cluster.controllers.idle();
  return cluster;
}

describe('namespaces', () => {
  it('have a default ServiceAccount, also after it was deleted', async () => {
    const cluster = await started({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
    const ref = { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'default' };
    const { uid } = cluster.store.get(ref)?.metadata ?? {};
    expect(uid).toBeDefined();
    cluster.store.delete(ref);
    await cluster.controllers.idle();
    expect(cluster.store.get(ref)?.metadata.uid).not.toBe(uid);
    cluster.store.delete({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' });
    await cluster.controllers.idle();
    expect(cluster.store.get(ref)).toBeUndefined();
  });
});

describe('a Deployment', () => {
  it('becomes a ReplicaSet and ready pods', async () => {
    const cluster = await started(deployment('web', { replicas: 2 }));
    const [set] = sets(cluster);
    const hash = set?.metadata.labels?.['pod-template-hash'] ?? '';
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{10}$/);
    expect(set?.metadata.name).toBe(`web-${hash}`);
    expect(pods(cluster)).toHaveLength(2);
    for (const pod of pods(cluster)) {
      expect(pod.metadata.name).toMatch(new RegExp(`^web-${hash}-[a-z0-9]{5}$`));
      expect(pod.metadata).toMatchObject({
        generateName: `web-${hash}-`,
        labels: { app: 'web', 'pod-template-hash': hash },
        ownerReferences: [{ kind: 'ReplicaSet', name: `web-${hash}`, controller: true }],
      });
      expect(pod.spec).toMatchObject({ nodeName: 'mesh-labs-control-plane', serviceAccountName: 'default' });
      expect(pod.status).toMatchObject({ phase: 'Running', hostIP: '172.18.0.2' });
      expect(pod.status?.conditions?.map((c) => `${c.type}=${c.status}`).sort()).toEqual([
        'ContainersReady=True',
        'Initialized=True',
        'PodScheduled=True',
        'Ready=True',
      ]);
    }
    expect(new Set(pods(cluster).map((pod) => pod.status?.podIP))).toEqual(new Set(['10.244.0.2', '10.244.0.3']));
  });

  it('tells its state as kubectl rollout status reads it', async () => {
    const cluster = await started(deployment('web', { replicas: 2 }));
    const { metadata, status } = get(cluster, 'web');
    expect(metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '1' });
    expect(status).toMatchObject({
      observedGeneration: metadata.generation,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: [
        { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable' },
        { type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' },
      ],
    });
  });

  it.each([
    ['up', 1, 3],
    ['down', 3, 1],
    ['to zero', 2, 0],
  ])('scales %s', async (_name, from, to) => {
    const cluster = await started(deployment('web', { replicas: from }));
    cluster.store.update({ ...get(cluster, 'web'), spec: { ...get(cluster, 'web').spec, replicas: to } as never });
    await cluster.controllers.idle();
    expect(pods(cluster)).toHaveLength(to);
    expect(sets(cluster)).toHaveLength(1);
    expect(get(cluster, 'web').status).toMatchObject({ observedGeneration: 2, updatedReplicas: to });
  });

  it('rolls out a new template, keeps the old set, and goes back to it as a new revision', async () => {
    const cluster = await started(deployment('web', { replicas: 3 }));
    const first = sets(cluster)[0]?.metadata.name;
    cluster.store.apply(deployment('web', { replicas: 3, image: 'example/web:2' }), {
      fieldManager: 'test',
      force: true,
    });
    await cluster.controllers.idle();
    expect(pods(cluster).map((pod) => pod.spec?.containers[0]?.image)).toEqual(Array(3).fill('example/web:2'));
    expect(
      sets(cluster)
        .map((set) => set.spec?.replicas)
        .sort(),
    ).toEqual([0, 3]);
    cluster.store.apply(deployment('web', { replicas: 3 }), { fieldManager: 'test', force: true });
    await cluster.controllers.idle();
    const back = sets(cluster).find((set) => set.metadata.name === first);
    expect(back?.spec?.replicas).toBe(3);
    expect(back?.metadata.annotations).toMatchObject({ 'deployment.kubernetes.io/revision': '3' });
  });

  it('does not go below what maxUnavailable allows when new pods do not get ready', async () => {
    const cluster = await started(deployment('web', { replicas: 4 }));
    cluster.store.apply(deployment('web', { replicas: 4, image: 'unready/web:2' }), {
      fieldManager: 'test',
      force: true,
    });
    await cluster.controllers.idle();
    // 25 % of 4: one more, one less.
    expect(pods(cluster).filter(isReady)).toHaveLength(3);
    expect(pods(cluster)).toHaveLength(5);
    expect(get(cluster, 'web').status).toMatchObject({
      updatedReplicas: 2,
      unavailableReplicas: 2,
      conditions: [
        { type: 'Available', status: 'True' },
        { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' },
      ],
    });
  });

  it('is recreated without overlap when the strategy says so', async () => {
    const strategy = { type: 'Recreate' };
    const cluster = await started(deployment('web', { strategy }));
    cluster.runtime.calls.length = 0;
    cluster.store.apply(deployment('web', { strategy, image: 'example/web:2' }), { fieldManager: 'test', force: true });
    await cluster.controllers.idle();
    expect(cluster.runtime.calls.map((call) => call.split(' ')[0])).toEqual(['stop', 'start']);
  });

  it('takes its pods along when it is deleted, after they were stopped', async () => {
    const cluster = await started(deployment('web', { replicas: 2 }), service('web'));
    cluster.store.delete({ ...deploymentKind, namespace: 'default', name: 'web' });
    await cluster.controllers.idle();
    expect([...pods(cluster), ...sets(cluster)]).toEqual([]);
    expect(cluster.runtime.calls.filter((call) => /^stop \S+ 30$/.test(call))).toHaveLength(2);
    expect(slices(cluster)[0]?.endpoints).toEqual([]);
  });

  it('tells a refused pod by condition and Event', async () => {
    const bad = deployment('web');
    const template = { metadata: { labels: { app: 'web' }, annotations: { 'no good!': 'x' } } };
    (bad.spec as { template: object }).template = { ...(bad.spec as { template: object }).template, ...template };
    const cluster = await started(bad);
    expect(pods(cluster)).toEqual([]);
    expect(get(cluster, 'web').status?.conditions).toContainEqual(
      expect.objectContaining({ type: 'ReplicaFailure', reason: 'FailedCreate' }),
    );
    const events = cluster.store.list({ apiVersion: 'v1', kind: 'Event' });
    expect(events.map((event) => event.reason)).toContain('FailedCreate');
  });
});

describe('a Service', () => {
  const address = (cluster: TestCluster, name: string) =>
    (cluster.store.get({ ...serviceKind, namespace: 'default', name }) as Service).spec?.clusterIP;

  it('gets an address at once, keeps it, and frees it', async () => {
    const cluster = await started(service('a'), service('b'), service('c', { clusterIP: 'None' }));
    expect([address(cluster, 'a'), address(cluster, 'b'), address(cluster, 'c')]).toEqual([
      '10.96.0.2',
      '10.96.0.3',
      'None',
    ]);
    cluster.store.update({ ...service('a', { ports: [{ name: 'http', port: 81 }] }) });
    expect(address(cluster, 'a')).toBe('10.96.0.2');
    cluster.store.delete({ ...serviceKind, namespace: 'default', name: 'a' });
    cluster.store.create(service('d'));
    expect(address(cluster, 'd')).toBe('10.96.0.2');
  });

  it('lists its pods with named ports resolved', async () => {
    const cluster = await started(deployment('web'), service('web'));
    const [pod] = pods(cluster);
    expect(slices(cluster)).toHaveLength(1);
    expect(slices(cluster)[0]).toMatchObject({
      metadata: {
        generateName: 'web-',
        labels: {
          'kubernetes.io/service-name': 'web',
          'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
        },
      },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
      endpoints: [
        {
          addresses: ['10.244.0.2'],
          conditions: { ready: true, serving: true, terminating: false },
          nodeName: 'mesh-labs-control-plane',
          zone: 'zone-1',
          targetRef: { kind: 'Pod', namespace: 'default', name: pod?.metadata.name, uid: pod?.metadata.uid },
        },
      ],
    });
  });

  it.each([
    [{}, false],
    [{ publishNotReadyAddresses: true }, true],
  ])('with %o tells of a pod that is not ready: ready %s', async (spec, ready) => {
    const cluster = await started(deployment('web', { image: 'unready/web:1' }), service('web', spec));
    expect(slices(cluster)[0]?.endpoints[0]?.conditions).toEqual({ ready, serving: false, terminating: false });
  });

  it('has a slice per set of port numbers', async () => {
    const other = deployment('other', { labels: { app: 'web' }, selector: { matchLabels: { app: 'web' } } });
    const containers = [{ name: 'app', image: 'example/other:1', ports: [{ name: 'http', containerPort: 9090 }] }];
    (other.spec as { template: { spec: object } }).template.spec = { containers };
    const cluster = await started(deployment('web'), other, service('web'));
    expect(
      slices(cluster)
        .map((slice) => slice.ports[0]?.port)
        .sort(),
    ).toEqual([8080, 9090]);
  });

  it('forgets pods that lose its label', async () => {
    const cluster = await started(deployment('web'), service('web'));
    const [pod] = pods(cluster);
    if (!pod) throw new Error('no pod');
    cluster.store.update({ ...pod, metadata: { ...pod.metadata, labels: { app: 'else' } } });
    await cluster.controllers.idle();
    expect(slices(cluster)[0]?.endpoints.map((e) => e.targetRef?.name)).not.toContain(pod.metadata.name);
  });
});

describe('pods', () => {
  it('are spread over the nodes, each with addresses of its node, and obey nodeSelector', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'two', labels: { disk: 'ssd' } } };
    const cluster = await started(node, deployment('web', { replicas: 4 }));
    const byNode = pods(cluster).map((pod) => `${pod.spec?.nodeName} ${pod.status?.podIP?.split('.')[2]}`);
    expect(byNode.sort()).toEqual(['mesh-labs-control-plane 0', 'mesh-labs-control-plane 0', 'two 1', 'two 1']);
  });

  it('wait for a node when none fits, and start when one comes', async () => {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' } };
    const spec = { nodeSelector: { disk: 'ssd' }, containers: [{ name: 'app', image: 'x:1' }] };
    const cluster = await started({ ...pod, spec });
    expect(pods(cluster)[0]?.status).toMatchObject({
      phase: 'Pending',
      conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }],
    });
    cluster.store.create({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'two', labels: { disk: 'ssd' } } });
    await cluster.controllers.idle();
    expect(pods(cluster)[0]?.status?.phase).toBe('Running');
  });

  it('tell why the runtime could not start them', async () => {
    const cluster = await started(deployment('web', { image: 'refused/web:1' }));
    const state = pods(cluster)[0]?.status?.containerStatuses?.[0]?.state;
    expect(state).toEqual({
      waiting: { reason: 'RunContainerError', message: 'no module stands for image refused/web:1' },
    });
    expect(pods(cluster)[0]?.status?.phase).toBe('Pending');
  });

  it('count restarts and lose readiness with their container', async () => {
    const cluster = await started(deployment('web'));
    const name = pods(cluster)[0]?.metadata.name ?? '';
    const report = cluster.runtime.reports.get(name);
    report?.({ container: 'app', state: 'waiting', ready: false, restarts: 1, reason: 'CrashLoopBackOff' });
    await cluster.controllers.idle();
    const [pod] = pods(cluster);
    expect(pod?.status?.containerStatuses?.[0]).toMatchObject({
      ready: false,
      restartCount: 1,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1 } },
    });
    expect(pod && isReady(pod)).toBe(false);
  });

  it('repeat from the same seed', async () => {
    const names = async () =>
      pods(await started(deployment('web', { replicas: 3 }))).map((pod) => [pod.metadata.name, pod.metadata.uid]);
    expect(await names()).toEqual(await names());
  });
});
