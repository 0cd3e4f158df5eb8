import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { typed } from '../any.ts';

export const tlsInspector: JsonObject = {
  name: 'envoy.filters.listener.tls_inspector',
  typedConfig: typed('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector', { initialReadBufferSize: 512 }),
};
export const httpInspector: JsonObject = {
  name: 'envoy.filters.listener.http_inspector',
  typedConfig: typed('envoy.extensions.filters.listener.http_inspector.v3.HttpInspector'),
};
export const originalDst: JsonObject = {
  name: 'envoy.filters.listener.original_dst',
  typedConfig: typed('envoy.extensions.filters.listener.original_dst.v3.OriginalDst'),
};
export const originalSrc: JsonObject = {
  name: 'envoy.filters.listener.original_src',
  typedConfig: typed('envoy.extensions.filters.listener.original_src.v3.OriginalSrc', { mark: 1337 }),
};

interface Needs {
  tls: boolean;
  http: boolean;
}

/**
 * Inspectors that the chains of an inbound listener need. They wait for the client's first bytes, so they are off on
 * ports where the server speaks first (populateListenerFilters in istio pilot/pkg/networking/core/listener_inbound.go).
 */
export function inspectors(chains: readonly JsonObject[]): JsonObject[] {
  const needs = needsByPort(chains);
  const out: JsonObject[] = [];
  if ([...needs.values()].some((n) => n.tls)) out.push({ ...tlsInspector, ...tlsPorts(needs) });
  if ([...needs.values()].some((n) => n.http)) {
    const off = [...needs].filter(([, n]) => !n.http).map(([port]) => port);
    out.push({ ...httpInspector, ...disabledOn(off) });
  }
  return out;
}

/** Port 0 stands for the chains that match any port. */
function needsByPort(chains: readonly JsonObject[]): Map<number, Needs> {
  const out = new Map<number, Needs>();
  for (const chain of chains) {
    const match = isObject(chain.filterChainMatch) ? chain.filterChainMatch : {};
    const port = Number(match.destinationPort ?? 0);
    const before = out.get(port) ?? { tls: false, http: false };
    const protocols = Array.isArray(match.applicationProtocols) ? match.applicationProtocols : [];
    out.set(port, {
      tls: before.tls || match.transportProtocol === 'tls',
      http: before.http || protocols.some((p) => p === 'http/1.1' || p === 'h2c'),
    });
  }
  return out;
}

/** Either all ports but some are looked at, or only some. */
function tlsPorts(needs: ReadonlyMap<number, Needs>): JsonObject {
  const ports = (tls: boolean) => [...needs].filter(([port, n]) => port !== 0 && n.tls === tls).map(([port]) => port);
  if (needs.get(0)?.tls) return disabledOn(ports(false));
  const on = disabledOn(ports(true)).filterDisabled;
  return on === undefined ? {} : { filterDisabled: { notMatch: on } };
}

function disabledOn(ports: readonly number[]): JsonObject {
  const rules = [...ports]
    .sort((a, b) => a - b)
    .map((start) => ({ destinationPortRange: { end: start + 1, start: start || undefined } }));
  if (rules.length === 0) return {};
  return { filterDisabled: rules.length === 1 ? rules[0] : { orMatch: { rules } } };
}
