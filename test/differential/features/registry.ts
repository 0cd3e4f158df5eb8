import type { Feature } from '../feature.ts';
import { accessLog } from './access-log.ts';
import { circuitBreakers } from './circuit-breakers.ts';
import { cors } from './cors.ts';
import { directResponse } from './direct-response.ts';
import { fault } from './fault.ts';
import { gateway } from './gateway.ts';
import { golden } from './golden.ts';
import { headerOperations } from './headers.ts';
import { jwt } from './jwt.ts';
import { listeners } from './listeners.ts';
import { loadBalancing } from './load-balancing.ts';
import { localRateLimit } from './local-rate-limit.ts';
import { mirror } from './mirror.ts';
import { outlier } from './outlier.ts';
import { allowAny, registryOnly } from './passthrough.ts';
import { rbacHttp } from './rbac-http.ts';
import { rbacTcp1, rbacTcp2 } from './rbac-tcp.ts';
import { redirect } from './redirect.ts';
import { retries } from './retries.ts';
import { rewrite } from './rewrite.ts';
import { routeMatch } from './route-match.ts';
import { stats } from './stats.ts';
import { tcpProxy } from './tcp-proxy.ts';
import { timeouts } from './timeouts.ts';
import { tls } from './tls.ts';
import { tlsOrigination } from './tls-origination.ts';
import { virtualHosts } from './virtual-hosts.ts';
import { weighted } from './weighted.ts';

/** One line per feature. */
export const features: readonly Feature[] = [
  listeners,
  routeMatch,
  virtualHosts,
  rewrite,
  redirect,
  directResponse,
  headerOperations,
  cors,
  weighted,
  mirror,
  allowAny,
  registryOnly,
  gateway,
  retries,
  timeouts,
  fault,
  rbacHttp,
  jwt,
  localRateLimit,
  loadBalancing,
  outlier,
  circuitBreakers,
  rbacTcp1,
  rbacTcp2,
  tcpProxy,
  accessLog,
  tls,
  tlsOrigination,
  stats,
  ...golden,
];
