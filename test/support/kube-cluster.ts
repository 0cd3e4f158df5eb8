import { type Controllers, startControllers } from '../../mesh/kube/controllers/start.ts';
import { apiDefaults } from '../../mesh/kube/defaults/defaults.ts';
import type { Pod } from '../../mesh/kube/kinds/pod.ts';
import { servedKinds } from '../../mesh/kube/kinds.ts';
import { createStore } from '../../mesh/kube/memory-store.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import type { ContainerReport, PodRef, PodRuntime } from '../../mesh/kube/runtime.ts';
import { createAdmission } from '../../mesh/kube/schema/admit.ts';
import type { Store } from '../../mesh/kube/store.ts';
import { seededRandom } from '../../mesh/world/random.ts';

/** A runtime whose containers run and are ready at once, unless told otherwise by image. */
export class StubRuntime implements PodRuntime {
  readonly calls: string[] = [];
  readonly reports = new Map<string, (container: ContainerReport) => void>();

  async start(pod: KubeObject, report: (container: ContainerReport) => void): Promise<void> {
    this.calls.push(`start ${pod.metadata.name}`);
    this.reports.set(pod.metadata.name, report);
    const { initContainers = [], containers } = (pod as Pod).spec ?? { containers: [] };
    for (const { name, image = '' } of [...initContainers.filter((c) => c.restartPolicy === 'Always'), ...containers]) {
      if (image.startsWith('refused/')) throw new Error(`no module stands for image ${image}`);
      report({ container: name, state: 'running', ready: !image.startsWith('unready/'), restarts: 0 });
    }
  }

  async stop({ name }: PodRef, graceSeconds: number): Promise<void> {
    this.calls.push(`stop ${name} ${graceSeconds}`);
    this.reports.delete(name);
  }

  logs(): AsyncIterable<string> {
    throw new Error('not used by controllers');
  }
  exec(): never {
    throw new Error('not used by controllers');
  }
  dial(): never {
    throw new Error('not used by controllers');
  }
}

export interface TestCluster {
  store: Store;
  runtime: StubRuntime;
  controllers: Controllers;
  clock: { now(): number; sleep(): Promise<void> };
}

/** Store, admission and controllers; time stands still. */
export function testCluster(): TestCluster {
  const clock = { now: () => Date.parse('2026-01-01T00:00:00Z'), sleep: () => Promise.resolve() };
  const admit = createAdmission({ kinds: servedKinds, mutators: [apiDefaults(() => store)] });
  const store: Store = createStore({ kinds: servedKinds, clock, random: seededRandom(1), admit });
  const runtime = new StubRuntime();
  return { store, runtime, clock, controllers: startControllers({ store, runtime, clock }) };
}

/** A Deployment with one container; `over` is merged into its spec. */
export function deployment(name: string, over: { [field: string]: unknown } = {}): KubeObject {
  const { image = `example/${name}:1`, labels = {}, ...spec } = over as { image?: string; labels?: object };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'default' },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name, ...labels } },
        spec: { containers: [{ name: 'app', image, ports: [{ name: 'http', containerPort: 8080 }] }] },
      },
      ...spec,
    },
  };
}

export function service(name: string, spec: { [field: string]: unknown } = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec } as never,
  };
}
