import type { Rule } from './rule.ts';
import { accessLogs } from './rules/access-logs.ts';
import { alpn } from './rules/alpn.ts';
import { configSources } from './rules/config-sources.ts';
import { confine } from './rules/confine.ts';
import { directRemoteIp } from './rules/direct-remote-ip.ts';
import { extensions } from './rules/extensions.ts';
import { fabric } from './rules/fabric.ts';
import { factoryKeys } from './rules/factory-keys.ts';
import { formats } from './rules/formats.ts';
import { hosts } from './rules/hosts.ts';
import { istioFilters } from './rules/istio-filters.ts';
import { listeners } from './rules/listeners.ts';
import { lua } from './rules/lua.ts';
import { originalDstClusters } from './rules/original-dst.ts';
import { wasm } from './rules/wasm.ts';

/**
 * In this order: names become addresses before addresses become fabric; the ORIGINAL_DST clusters get their real
 * addresses after that, so that fabric does not take them for virtual ones; confine sees what all others left,
 * and extensions what confine has left.
 */
export const rules: readonly Rule[] = [
  istioFilters,
  factoryKeys,
  directRemoteIp,
  alpn,
  accessLogs,
  wasm,
  lua,
  formats,
  configSources,
  hosts,
  fabric,
  originalDstClusters,
  listeners,
  confine,
  extensions,
];
