import type { Port } from '../../model/service.ts';
import type { Origin } from '../types.ts';
import { type ChainOptions, conflicts } from './chain-match.ts';
import { plaintextHttp } from './inbound-matches.ts';
import type { OutboundEntry } from './outbound-entry.ts';

/** A service port that wants to be listened on. Chains are built only if it comes to that. */
export interface Incoming {
  bind: string;
  extraBinds: readonly string[];
  bindToPort: boolean;
  port: Port;
  kind: 'HTTP' | 'TCP' | 'Auto';
  sniffed: boolean;
  http: () => ChainOptions;
  tcp: () => ChainOptions[];
  origin: Origin;
}

/** Outbound listeners by address and port, and what happens when several services want one. */
export class Entries {
  readonly #entries = new Map<string, OutboundEntry>();

  lock(): void {
    for (const entry of this.#entries.values()) entry.locked = true;
  }

  all(): OutboundEntry[] {
    return [...this.#entries.values()];
  }

  add(incoming: Incoming): void {
    const key = `${incoming.bind}_${incoming.port.port}`;
    const entry = this.#entries.get(key);
    if (!entry) {
      this.#entries.set(key, newEntry(incoming));
      return;
    }
    // HTTP services of one port share their listener: routes tell them apart.
    if (entry.locked || (incoming.kind === 'HTTP' && entry.protocol !== 'TCP')) return;
    if (!compatible(entry.portProtocol, incoming.port.protocol)) return;
    if (incoming.kind === 'Auto' && entry.protocol === 'HTTP') {
      this.#entries.set(key, newEntry(incoming));
      return;
    }
    const chains = incoming.kind === 'Auto' && entry.protocol === 'Auto' ? incoming.tcp() : chainsOf(incoming);
    for (const chain of chains) if (!entry.chains.some((c) => conflicts(c, chain))) entry.chains.push(chain);
    // TCP and HTTP on one address: from now on the first bytes decide.
    if (incoming.kind !== 'TCP' || entry.protocol === 'HTTP') entry.protocol = 'Auto';
  }
}

/** Servers that speak first cannot share a listener that waits for the client's bytes (isConflictWithWellKnownPort). */
function compatible(existing: Port['protocol'], incoming: Port['protocol']): boolean {
  const alone = (p: Port['protocol']) => p === 'Mongo' || p === 'MySQL';
  return existing === incoming || !(alone(existing) || alone(incoming));
}

function newEntry(incoming: Incoming): OutboundEntry {
  const { bind, extraBinds, bindToPort, origin } = incoming;
  return {
    bind,
    extraBinds,
    bindToPort,
    port: incoming.port.port,
    protocol: incoming.sniffed ? 'Auto' : incoming.kind,
    portProtocol: incoming.port.protocol,
    chains: chainsOf(incoming),
    locked: false,
    origin,
  };
}

function chainsOf(incoming: Incoming): ChainOptions[] {
  const http = (): ChainOptions =>
    incoming.sniffed ? { ...incoming.http(), alpn: plaintextHttp, transport: 'raw_buffer' } : incoming.http();
  if (incoming.kind === 'HTTP') return [http()];
  return incoming.kind === 'TCP' ? incoming.tcp() : [...incoming.tcp(), http()];
}
