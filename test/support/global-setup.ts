import { findEnvoy } from '../../mesh/host/binary/find.ts';

/** Finds (or fetches) the Envoy once for all tests, as a run does; without one, tests that need it say so. */
export async function setup(): Promise<void> {
  if (process.env.MESH_LABS_ENVOY) return;
  try {
    const found = await findEnvoy({ env: process.env, download: true, notify: (line) => console.log(line) });
    process.env.MESH_LABS_ENVOY = found.path;
  } catch (error) {
    console.log(`no Envoy for the tests: ${String(error)}`);
  }
}
