import { installedMeshConfig } from '../../mesh/istiod/mesh-config.ts';
import { buildSnapshot } from '../../mesh/istiod/snapshot/build.ts';
import { proxyOf } from '../../mesh/istiod/snapshot/proxy-of.ts';
import { xds } from '../../mesh/istiod/xds/xds.ts';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { mesh1000 } from './mesh-1000.ts';

// A process of its own: one mesh, one snapshot, one proxy's configuration; prints the memory it took, in MB.
const objects = mesh1000();
const client = objects.find((o) => o.metadata.name === 'client') as KubeObject;
const snapshot = buildSnapshot(objects, installedMeshConfig());
const config = xds(snapshot, proxyOf(client, snapshot));
const bytes = JSON.stringify(config.clusters).length;
console.log(JSON.stringify({ rssMb: process.memoryUsage().rss / 1e6, clusters: config.clusters.length, bytes }));
