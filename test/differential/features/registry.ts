import type { Feature } from '../feature.ts';
import { cors } from './cors.ts';
import { directResponse } from './direct-response.ts';
import { gateway } from './gateway.ts';
import { headerOperations } from './headers.ts';
import { mirror } from './mirror.ts';
import { allowAny, registryOnly } from './passthrough.ts';
import { redirect } from './redirect.ts';
import { rewrite } from './rewrite.ts';
import { routeMatch } from './route-match.ts';
import { virtualHosts } from './virtual-hosts.ts';
import { weighted } from './weighted.ts';

/** One line per feature. */
export const features: readonly Feature[] = [
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
];
