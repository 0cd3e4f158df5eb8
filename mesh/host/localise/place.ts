import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';

/** What localise has to know of the machine a proxy runs on. All folders are absolute paths and 0700. */
export interface LocalPlace {
  /** Folder of the run; no Unix socket outside of it is ever named. */
  runFolder: string;
  /** Folder of the pod, below the run folder; no file outside of it is ever named. */
  podFolder: string;
  /** The run's secret, hexadecimal. Whoever does not send it in the PROXY header gets nothing from a bound port. */
  secret: string;
  /** The TCP port of the world on 127.0.0.1. */
  worldPort: number;
  /**
   * Where proxies take connections on 127.0.0.1, by virtual address: `10.244.1.7` is a sidecar's virtualInbound, which
   * serves every port of the pod, `10.244.1.9:80` one listener of a gateway. What is not in here goes to the world.
   */
  inbound: ReadonlyMap<string, number>;
  /** Virtual addresses of a host name (ServiceEntry with resolution DNS); empty: the name does not exist. */
  resolveHost(host: string): string[];
}

/** A listener that binds a port chosen by the system; the real one is read from the admin's /listeners. */
export interface BoundListener {
  /** The listener's name, which Envoy keeps in /listeners. */
  name: string;
  /** The port that istiod gave it, e.g. 15006 for virtualInbound, 80 for a gateway. */
  port: number;
}

/** XdsConfig after localise: what Envoy is really given. */
export interface LocalConfig {
  listeners: JsonObject[];
  routes: JsonObject[];
  clusters: JsonObject[];
  endpoints: JsonObject[];
  extensionConfigs: JsonObject[];
  bound: BoundListener[];
  /** What was removed or replaced because it would have left the run, each with its reason. */
  problems: Problem[];
}

/** File names in the folder of a pod. */
export const captureSocket = (podFolder: string): string => `${podFolder}/out.sock`;
export const adminSocket = (podFolder: string): string => `${podFolder}/admin.sock`;
export const appSocket = (podFolder: string, port: number): string => `${podFolder}/app-${port}.sock`;
/** File names in the folder of a run. */
export const xdsSocket = (runFolder: string): string => `${runFolder}/xds.sock`;
