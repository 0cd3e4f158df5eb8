import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { createMeshSim } from '../../mesh/envoy/mesh-sim.ts';

const root = resolve(import.meta.dirname, '../..');

/** A mistake planted in the interpreter, as a change of its text. */
export interface Fault {
  id: string;
  /** The feature whose cases should find it. */
  feature: string;
  /** Below mesh/envoy. */
  file: string;
  /** Stands once in the file. */
  find: string;
  replace: string;
}

/**
 * The interpreter with a fault, as a bundle of its own, so that the production code has no switch for it. Throws when the
 * text is not there, or more than once: then the fault is out of date.
 */
export async function faulty(fault: Fault): Promise<typeof createMeshSim> {
  const folder = await mkdtemp(join(tmpdir(), 'ml-fault-'));
  try {
    const result = await build({
      entryPoints: [join(root, 'mesh/envoy/mesh-sim.ts')],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'neutral',
      logLevel: 'silent',
      plugins: [planting(fault)],
    });
    const file = join(folder, 'mesh-sim.mjs');
    await writeFile(file, result.outputFiles[0]?.text ?? '');
    const module = (await import(pathToFileURL(file).href)) as { createMeshSim: typeof createMeshSim };
    return module.createMeshSim;
  } finally {
    await rm(folder, { recursive: true });
  }
}

const planting = ({ id, file, find, replace }: Fault): Plugin => ({
  name: 'fault',
  setup({ onLoad, onEnd }) {
    const path = join(root, 'mesh/envoy', file);
    let isPlanted = false;
    onLoad({ filter: /\.ts$/ }, async (args) => {
      if (args.path !== path) return undefined;
      const text = await readFile(path, 'utf8');
      if (text.split(find).length !== 2) throw new Error(`fault ${id}: ${file} has not exactly one ${find}`);
      isPlanted = true;
      return { contents: text.replace(find, () => replace), loader: 'ts' };
    });
    onEnd(({ errors }) => {
      if (errors.length === 0 && !isPlanted) throw new Error(`fault ${id}: ${file} is no part of the interpreter`);
    });
  },
});
