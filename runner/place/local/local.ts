import { findEnvoy, peekEnvoy } from '../../../mesh/host/binary/find.ts';
import { startMesh } from '../../../mesh/host/mesh.ts';
import { openRunFolder } from '../../../mesh/host/run/run-folder.ts';
import { versions } from '../../../mesh/versions.ts';
import { startTraffic } from '../../traffic/traffic.ts';
import type { Mesh, MeshRequest, Place, Progress } from '../place.ts';
import { openedMesh } from './opened-mesh.ts';

export interface LocalPlaceOptions {
  env: NodeJS.ProcessEnv;
  /** Whether an Envoy may be downloaded. */
  download: boolean;
}

/** Real Envoy processes on this machine, driven by the mesh in a box. */
export function localPlace({ env, download }: LocalPlaceOptions): Place {
  return {
    name: 'local',
    capabilities: { dataPlanes: ['sidecar'], virtualTime: false },
    async unavailable() {
      const { found, fetch, looked } = await peekEnvoy({ env });
      if (found || (fetch && download)) return undefined;
      const seen = looked.map(({ where, outcome }) => `${where}: ${outcome}`).join('; ');
      return {
        what: `no Envoy is at hand (${seen})`,
        fix: 'set MESH_LABS_ENVOY to an Envoy binary, or allow the download',
      };
    },
    open: (request, progress) => open(request, { env, download, progress }),
  };
}

async function open(request: MeshRequest, options: LocalPlaceOptions & { progress: Progress }): Promise<Mesh> {
  const { env, download, progress } = options;
  const { signal, seed, profile } = request;
  progress('Envoy');
  const envoy = await findEnvoy({ env, download, notify: progress, signal });
  signal.throwIfAborted();
  progress('control plane');
  const folder = await openRunFolder({ env });
  try {
    const [mesh, traffic] = await Promise.all([
      startMesh({ envoy: envoy.path, folder, seed, profile }),
      startTraffic({ env: folder.env }),
    ]);
    await folder.recordProcess(traffic.pid, 'traffic');
    return openedMesh({ mesh, traffic, folder, versions: { istio: versions.istio, envoy: envoy.version } });
  } catch (error) {
    await folder.close();
    throw error;
  }
}
