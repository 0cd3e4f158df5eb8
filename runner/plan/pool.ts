import type { Mesh } from '../place/place.ts';
import { Journal } from './journal.ts';
import type { Plan } from './plan.ts';
import type { Tools, WarmMesh } from './session.ts';

/** Plans with the same key can use one mesh, one after the other: same mesh, same apps and setup. */
export const meshKey = ({ place, dataPlane, seed, mesh, phases }: Plan): string => {
  const steps = phases.find(({ kind }) => kind === 'apps')?.steps ?? [];
  const files = steps.flatMap((step) => (step.do === 'apply' ? step.files.map(({ path }) => path) : []));
  return JSON.stringify([place, dataPlane, seed, mesh.profile, mesh.enrol, files]);
};

/** The mesh that the last run left, while the next one wants the same; at most one is open at a time. */
export class MeshPool {
  readonly #tools: Tools;
  #current: { key: string; warm: WarmMesh } | undefined;

  constructor(tools: Tools) {
    this.#tools = tools;
  }

  /** The mesh for a plan: the warm one when it fits, else a new one. */
  async acquire(plan: Plan): Promise<WarmMesh> {
    const key = meshKey(plan);
    if (this.#current?.key === key) return this.#current.warm;
    await this.close();
    const mesh = await this.#open(plan);
    this.#current = { key, warm: { mesh, journal: new Journal(mesh.api) } };
    return this.#current.warm;
  }

  /** Hands the open mesh over; whoever takes it closes it. */
  release(): Mesh | undefined {
    const mesh = this.#current?.warm.mesh;
    this.#current = undefined;
    return mesh;
  }

  async close(): Promise<void> {
    await this.release()?.close();
  }

  #open({ mesh, dataPlane, seed }: Plan): Promise<Mesh> {
    const { place, signal, tell } = this.#tools;
    const progress = (text: string) => tell({ type: 'step', text });
    return place.open({ profile: mesh.profile, dataPlane, seed, signal }, progress);
  }
}
