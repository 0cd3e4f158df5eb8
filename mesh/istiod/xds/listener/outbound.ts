import type { JsonObject } from '../../../json.ts';
import { isIp } from '../../model/host.ts';
import { isTcp, listenerProtocol, parseProtocol } from '../../model/protocol.ts';
import { type Port, type Service, UNSPECIFIED } from '../../model/service.ts';
import type { Egress } from '../../snapshot/scope-types.ts';
import { endpointsFor } from '../../snapshot/services.ts';
import { addressesOf } from '../addresses.ts';
import { originOfService, originOfSpec, type ProxyContext } from '../context.ts';
import { networkExtensions } from '../filter/extensions.ts';
import { httpConnectionManager } from '../http-connection-manager.ts';
import type { ChainOptions } from './chain-match.ts';
import { isReserved } from './inbound-ports.ts';
import { tcpChains } from './outbound-chains.ts';
import { listenerOf } from './outbound-entry.ts';
import { Entries, type Incoming } from './outbound-merge.ts';
import { catchAllFilters } from './virtual-outbound.ts';

/** Where a listener binds; no binds: at the service's addresses. */
interface Binding {
  binds: readonly string[];
  bindToPort: boolean;
}
interface Wanted extends Binding {
  egress: Egress;
  service: Service;
  port: Port;
  cidrs: readonly string[];
}

/** Listeners for connections to services (buildSidecarOutboundListeners in istio pilot/pkg/networking/core/listener.go). */
export function outboundListeners(context: ProxyContext): JsonObject[] {
  const entries = new Entries();
  for (const egress of context.scope.egress) {
    const binding = bindingOf(context, egress);
    if (egress.listener.port) declaredPort(context, entries, { egress, ...binding });
    else {
      // A Sidecar's own ports are closed to what its catch-all listener imports.
      entries.lock();
      for (const service of egress.services)
        for (const port of service.ports)
          servicePort(context, entries, { egress, ...binding, service, port, cidrs: [] });
    }
  }
  const fallthrough = catchAllFilters(context);
  return entries.all().map((entry) => listenerOf(context, entry, fallthrough));
}

function bindingOf(context: ProxyContext, { listener }: Egress): Binding {
  const bindToPort =
    context.interception === 'NONE' || listener.captureMode === 'NONE' || !!listener.bind?.startsWith('unix://');
  if (listener.bind) return { binds: [listener.bind], bindToPort };
  return { binds: bindToPort ? [context.localhost] : [], bindToPort };
}

function declaredPort(context: ProxyContext, entries: Entries, of: Binding & { egress: Egress }): void {
  const declared = of.egress.listener.port;
  const port: Port = {
    name: declared?.name ?? '',
    port: declared?.number ?? 0,
    protocol: parseProtocol(declared?.protocol),
  };
  if (isReserved(context, { bind: of.binds[0] ?? '', port: port.port, protocol: port.protocol })) return;
  for (const service of of.egress.services) add(context, entries, { ...of, service, port, cidrs: [] });
}

function servicePort(context: ProxyContext, entries: Entries, of: Wanted): void {
  const { service, port } = of;
  if (isReserved(context, { bind: of.binds[0] ?? '', port: port.port, protocol: port.protocol })) return;
  const headless =
    service.resolution === 'Passthrough' && service.addresses[0] === UNSPECIFIED && of.binds.length === 0;
  if (!headless || !(isTcp(port.protocol) || port.protocol === 'Auto')) {
    add(context, entries, of);
    return;
  }
  // Connections to a headless service go to pods: one listener for each, except the proxy's own.
  const endpoints = endpointsFor(context.snapshot.endpoints, service).byPort.get(port.port) ?? [];
  if (service.kind === 'ServiceEntry' && endpoints.length === 0 && !service.selector) add(context, entries, of);
  for (const endpoint of endpoints)
    if (endpoint.addresses.every(isIp) && endpoint.addresses[0] !== context.proxy.ip)
      add(context, entries, { ...of, binds: endpoint.addresses });
}

/** buildSidecarOutboundListener. */
function add(context: ProxyContext, entries: Entries, given: Wanted): void {
  const protocol = listenerProtocol(given.port.protocol);
  if (given.service.resolution === 'Alias' || protocol === 'none') return;
  const of = placed(context, given, protocol === 'HTTP');
  const wild = of.binds[0] === context.wildcard;
  const http = () => httpChain(context, of, protocol === 'Auto' && !wild);
  const incoming: Incoming = {
    bind: of.binds[0] ?? '',
    extraBinds: of.binds.slice(1),
    bindToPort: of.bindToPort,
    port: of.port,
    kind: of.port.protocol === 'HTTP_PROXY' ? 'HTTP' : protocol,
    // Beside an HTTP chain on the wildcard address, anything else must still pass.
    sniffed: protocol === 'Auto' || (protocol === 'HTTP' && wild && of.port.protocol !== 'HTTP_PROXY'),
    http,
    tcp: () =>
      tcpChains(context, {
        ...of,
        bind: of.binds[0] ?? '',
        virtualServices: of.egress.virtualServicesOf(of.service.hostname),
      }),
    // A port that a Sidecar declares is there because of it.
    origin: (of.egress.listener.port && originOfSpec(context, of.egress.listener)) ?? originOfService(of.service),
  };
  entries.add(incoming);
}

/** HTTP services of one port share a listener at any address; others listen at their own. */
function placed(context: ProxyContext, of: Wanted, http: boolean): Wanted {
  if (of.binds.length > 0) return of;
  if (http) return { ...of, binds: [context.wildcard] };
  const addresses = addressesOf(context, of.service);
  const first = of.service.kind === 'ServiceEntry' && addresses[0] === UNSPECIFIED ? context.wildcard : addresses[0];
  if (first === undefined || first === '') return of;
  if (first.includes('/')) return { ...of, binds: [context.wildcard], cidrs: addresses };
  return { ...of, binds: [first, ...addresses.slice(1)] };
}

/** `own`: an address of one sniffed service has routes of its own; others share those of their port. */
function httpChain(context: ProxyContext, of: Wanted, own: boolean): Omit<ChainOptions, 'alpn' | 'transport'> {
  const { port, service } = of;
  const shared = port.port === 0 ? (of.binds[0] ?? '') : String(port.port);
  return {
    filters: (listener) => [
      ...networkExtensions(context, { direction: 'outbound', port: port.port }),
      httpConnectionManager(context, {
        direction: 'outbound',
        protocol: port.protocol,
        port: port.port,
        service,
        statPrefix: `outbound_${listener};`,
        routes: own ? `${service.hostname}:${port.port}` : shared,
      }),
    ],
  };
}
