import type { JsonObject } from '../../json.ts';
import type { Address } from '../facts.ts';

export interface Locality {
  region: string;
  zone: string;
  subZone: string;
}

/** A connection pool, as far as a host needs to know its own. */
export interface HostPool {
  /** Closes idle connections now and the others after their last answer. */
  drain(): void;
}

/** What outlier detection hears of a host (cluster/outlier.ts). */
export interface HostMonitor {
  /** A response, from whichever origin. */
  putStatus(status: number): void;
  putLocalFailure(kind: 'connectFailed' | 'timeout', status?: number): void;
  /** `final`: layer 4 only, nothing above will tell more. */
  putConnected(final: boolean): void;
}

/** One endpoint of one cluster in one proxy, with what this proxy knows of it. Lives as long as its address stays in the cluster. */
export class Host<Pool extends HostPool = HostPool> {
  readonly address: Address;
  /** `ip:port`, the key by which rings, logs and /clusters know it. */
  readonly key: string;
  weight = 1;
  priority = 0;
  locality: Locality = { region: '', zone: '', subZone: '' };
  /** As the control plane says (EDS healthStatus): HEALTHY and UNKNOWN take traffic, DEGRADED when others cannot. */
  health: 'healthy' | 'degraded' | 'unhealthy' = 'healthy';
  /** When it came into its cluster, in virtual milliseconds. */
  since = 0;
  /** Draining: counted nowhere, as if it were not there, but for panic (source/common/upstream/upstream_impl.cc, excludeBasedOnHealthFlag). */
  excluded = false;
  /** By outlier detection. */
  ejected = false;
  /** Requests (HTTP) or connections (TCP) under way. */
  active = 0;
  /** `filterMetadata`. */
  metadata: JsonObject = {};
  hostname = '';
  outlier: HostMonitor | undefined;
  /** By protocol and TLS options. */
  readonly pools = new Map<string, Pool>();
  /** Counters of /clusters. */
  readonly stats = { cxTotal: 0, cxActive: 0, cxConnectFail: 0, rqTotal: 0, rqError: 0, rqSuccess: 0, rqTimeout: 0 };

  constructor(address: Address) {
    this.address = address;
    this.key = hostKey(address);
  }

  get usable(): boolean {
    return this.health === 'healthy' && !this.ejected;
  }
}

export const hostKey = ({ ip, port }: Address): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);
