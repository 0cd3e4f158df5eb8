import type { JsonObject } from '../../json.ts';
import { compareText } from '../model/config.ts';

import type { ProxyContext } from './context.ts';
import { gatewayListeners } from './gateway/listeners.ts';
import { isAmbient } from './hbone/ambient.ts';
import { connectOriginateListener } from './hbone/listeners.ts';
import { httpConnectionManager } from './http-connection-manager.ts';
import { inboundListeners } from './listener/inbound.ts';
import { outboundListeners } from './listener/outbound.ts';
import { listenerOf } from './listener/outbound-entry.ts';
import { virtualOutbound } from './listener/virtual-outbound.ts';
import { patchListeners } from './patch/listeners.ts';
import { patcherOf } from './patch/patcher-of.ts';

/** All listeners of a proxy, by name (LDS). */
export function buildListeners(context: ProxyContext): JsonObject[] {
  const listeners =
    context.proxy.type === 'router'
      ? patchListeners(patcherOf(context), 'GATEWAY', gatewayListeners(context))
      : sidecarListeners(context);
  if (isAmbient(context.mesh)) {
    const direction = context.proxy.type === 'router' ? 'gateway' : 'outbound';
    listeners.push(connectOriginateListener(context, direction));
  }
  return listeners.sort((a, b) => compareText(String(a.name), String(b.name)));
}

function sidecarListeners(context: ProxyContext): JsonObject[] {
  const patcher = patcherOf(context);
  return [
    ...patchListeners(patcher, 'SIDECAR_OUTBOUND', outboundListeners(context)),
    ...patchListeners(
      patcher,
      'SIDECAR_OUTBOUND',
      [...httpProxy(context), ...virtualOutbound(context)],
      'no additions',
    ),
    ...patchListeners(patcher, 'SIDECAR_INBOUND', inboundListeners(context)),
  ];
}

/** The explicit HTTP proxy of meshConfig.proxyHttpPort. */
function httpProxy(context: ProxyContext): JsonObject[] {
  const port = Number(context.proxy.metadata.HTTP_PROXY_PORT ?? 0) || context.mesh.proxyHttpPort;
  if (port === 0) return [];
  const manager = (listener: string) =>
    httpConnectionManager(context, {
      direction: 'outbound',
      protocol: 'HTTP_PROXY',
      explicitProxy: true,
      port,
      statPrefix: `outbound_${listener};`,
      routes: 'http_proxy',
    });
  const entry = {
    bind: context.localhost,
    extraBinds: [],
    bindToPort: true,
    port,
    protocol: 'HTTP',
    portProtocol: 'HTTP_PROXY',
    chains: [{ filters: (name: string) => [allowAbsoluteUrls(manager(name))] }],
    locked: false,
  } as const;
  return [listenerOf(context, { ...entry, chains: [...entry.chains] }, undefined)];
}

/** A proxy is asked for whole URLs. */
function allowAbsoluteUrls(manager: JsonObject): JsonObject {
  const config = manager.typedConfig as JsonObject;
  const before = (config.httpProtocolOptions ?? {}) as JsonObject;
  return { ...manager, typedConfig: { ...config, httpProtocolOptions: { ...before, allowAbsoluteUrl: true } } };
}

/** Names of the route configurations that listeners fetch, sorted. */
export function routeNames(listeners: readonly JsonObject[]): string[] {
  const names = new Set<string>();
  const visitChain = (chain: unknown) => {
    for (const filter of (chain as { filters?: { typedConfig?: { rds?: { routeConfigName?: string } } }[] })?.filters ??
      []) {
      const name = filter.typedConfig?.rds?.routeConfigName;
      if (name) names.add(name);
    }
  };
  for (const listener of listeners) {
    for (const chain of (listener.filterChains ?? []) as JsonObject[]) visitChain(chain);
    visitChain(listener.defaultFilterChain);
  }
  return [...names].sort(compareText);
}
