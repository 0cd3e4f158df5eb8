import type { KubeObject } from '../../mesh/kube/objects.ts';
import { type LogFacts, parseLogLine } from '../../runner/explain/log.ts';
import { type Ask, base } from '../../runner/explain/testing/mesh.ts';
import { parseManifest } from '../../runner/lab/manifest.ts';
import { localPlace } from '../../runner/place/local/local.ts';
import type { Mesh } from '../../runner/place/place.ts';

/** Every proxy of the mesh of the cases logs every request, in Istio's text format. */
const logs = `
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: {name: logs, namespace: shop}
spec: {accessLogging: [{providers: [{name: envoy}]}]}
`;

const signal = new AbortController().signal;
const settleMs = 30_000;
/** Envoy writes its log every 50 ms (mesh/host/envoy/process.ts); what has not come long after that does not come. */
const logMs = 1_000;

/** The mesh of the cases on real Envoys. */
export class LiveMesh {
  readonly #mesh: Mesh;

  private constructor(mesh: Mesh) {
    this.#mesh = mesh;
  }

  static async open(envoy: string): Promise<LiveMesh> {
    const place = localPlace({ env: { ...process.env, MESH_LABS_ENVOY: envoy }, download: false });
    const request = { profile: 'default', dataPlane: 'sidecar', seed: 1, signal } as const;
    const live = new LiveMesh(await place.open(request, () => undefined));
    await live.#apply([...objectsOf(base), ...objectsOf(logs)]);
    return live;
  }

  /** Sends the case's request under its rules; what the proxies logged of it, `count` lines if they come. */
  async ask({ rules = '', ...request }: Ask, count: number): Promise<LoggedLine[]> {
    const objects = objectsOf(rules);
    await this.#apply(objects);
    try {
      const before = await this.#lines();
      await this.#send(request);
      const end = performance.now() + logMs;
      let after = await this.#lines();
      while (after.length - before.length < count && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        after = await this.#lines();
      }
      return after.filter(({ line }) => !before.some((known) => known.line === line));
    } finally {
      for (const { apiVersion, kind, metadata } of objects)
        await this.#mesh.api.delete({ apiVersion, kind, namespace: metadata.namespace ?? '', name: metadata.name });
    }
  }

  close(): Promise<void> {
    return this.#mesh.close();
  }

  async #apply(objects: readonly KubeObject[]): Promise<void> {
    for (const object of objects) await this.#mesh.api.apply(object, { fieldManager: 'test', force: true });
    await this.#mesh.settle(settleMs, signal);
  }

  async #send({ from = 'web', url, method = 'GET', headers = {}, crowd = 0 }: Ask): Promise<void> {
    const plan = {
      id: 'case',
      from: { namespace: from === 'legacy' ? 'plain' : 'shop', app: from },
      request: { url, method, headers, timeoutMs: 20_000 },
      unit: 'connection',
      concurrency: crowd + 1,
      limit: { requests: crowd + 1 },
    } as const;
    for await (const _ of this.#mesh.send(plan, signal));
  }

  async #lines(): Promise<LoggedLine[]> {
    const { items } = await this.#mesh.api.list({ apiVersion: 'v1', kind: 'Pod' }, { namespace: 'shop' });
    const found: LoggedLine[] = [];
    for (const { metadata } of items) {
      const pod = { namespace: 'shop', name: metadata.name };
      for await (const line of this.#mesh.api.logs(pod, { container: 'istio-proxy' })) {
        const facts = parseLogLine(line);
        if (facts) found.push({ app: String(metadata.labels?.app), line, facts });
      }
    }
    return found;
  }
}

export interface LoggedLine {
  app: string;
  line: string;
  facts: LogFacts;
}

function objectsOf(text: string): KubeObject[] {
  if (!text.trim()) return [];
  const { file, problems } = parseManifest(text, 'rules.yaml');
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return file.objects.map(({ object }) => object);
}
