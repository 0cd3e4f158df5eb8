import { randomBytes } from 'node:crypto';
import { createCa } from '../../istiod/ca/ca.ts';
import type { SecretManager } from '../../istiod/ca/secret-manager.ts';
import { lookupName } from '../../kube/cluster-dns.ts';
import type { Store } from '../../kube/store.ts';
import type { Uplink } from '../../world/dial.ts';
import type { Random } from '../../world/random.ts';
import { startApps } from '../apps/apps.ts';
import type { Apps } from '../apps/types.ts';
import { startDns } from '../dns/server.ts';
import { Edge } from '../edge/edge.ts';
import { edgeAnswer } from '../edge/names.ts';
import { xdsSocket } from '../localise/place.ts';
import { realClock } from '../real-clock.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { startWorld } from '../world/world.ts';
import { createXdsServer } from '../xds/server.ts';
import type { XdsServer } from '../xds/types.ts';
import type { Cleanup } from './cleanup.ts';
import type { Failures } from './failures.ts';
import type { PodPlaces } from './pod-places.ts';
import { createSecrets } from './secrets.ts';
import { isServed, resolveAddress } from './virtual-network.ts';

export interface PlumbingOptions {
  store: Store;
  places: PodPlaces;
  folder: RunFolder;
  failures: Failures;
  trustDomain: string;
  random: Random;
}

/** What every mesh needs before the first pod: certificates, xDS, DNS, the world, the apps process. */
export interface Plumbing {
  secrets: SecretManager;
  server: XdsServer;
  dns: { address: string; port: number };
  worldPort: number;
  /** What bound ports want to see in the PROXY header. */
  secret: string;
  /** The way out of pods without proxy. */
  worldUplink: Uplink;
  edge: Edge;
  apps: Apps;
}

export async function startPlumbing(options: PlumbingOptions, cleanup: Cleanup): Promise<Plumbing> {
  const { store, places, folder, failures, random, trustDomain } = options;
  const ca = await createCa({ clock: realClock, trustDomain });
  const { manager: secrets, source, close } = createSecrets(ca, { store, random, failures });
  cleanup.add(async () => close());
  cleanup.add(async () => secrets.close());
  const server = await createXdsServer({ socket: xdsSocket(folder.path), secrets: source });
  cleanup.add(() => server.close());
  const secret = randomBytes(16).toString('hex');
  const world = await startWorld({
    secret,
    random,
    resolve: (request) => resolveAddress(store, places, request),
  });
  cleanup.add(() => world.close());
  const edge = new Edge({ store, world, isServed: (address) => isServed(store, places, address) });
  cleanup.add(() => edge.close());
  const lookup = (name: string) => edgeAnswer(edge, name) ?? lookupName(store, name);
  const dnsServer = await startDns({ lookup });
  cleanup.add(() => dnsServer.close());
  const dns = { address: '127.0.0.1', port: dnsServer.port };
  const apps = await watchedApps(options, dns);
  cleanup.add(() => apps.close());
  const worldUplink = { port: world.port, secret };
  return { secrets, server, dns, secret, worldPort: world.port, worldUplink, edge, apps };
}

async function watchedApps({ folder, failures }: PlumbingOptions, dns: Plumbing['dns']): Promise<Apps> {
  const apps = await startApps({ dns, env: folder.env, log: () => {} });
  await folder.recordProcess(apps.pid, 'apps');
  apps.onExit((exit) => failures.ended('the apps process', exit));
  return apps;
}
