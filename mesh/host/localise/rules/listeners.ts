import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { gate, proxyHeaderFilter } from '../gate.ts';
import { captureSocket } from '../place.ts';
import type { Rule } from '../rule.ts';
import { sourceFilter } from '../stats.ts';
import { child, nameOf, objects, text, typeUrl } from '../walk.ts';

const wildcards = ['0.0.0.0', '::'];
const binds = (listener: JsonObject) => listener.bindToPort !== false && !isObject(listener.internalListener);

/**
 * Capture is the Unix socket out.sock with a PROXY header in place of iptables; every other listener that binds takes a
 * free port of 127.0.0.1 and serves only who sends the run's secret (spike, rules 11 to 13). On 127.0.0.1 the capture
 * would break where netfilter tracks connections (spike, 2.3). Envoy keeps the bound port through later updates of the
 * listener (measured with 1.40, also when its filters or its matcher change).
 */
export const listeners: Rule = {
  name: 'listeners',
  apply(config, { proxy, place, report }) {
    config.listeners = config.listeners.filter((listener) => {
      const usable =
        isObject(listener.internalListener) || 'portValue' in child(child(listener, 'address'), 'socketAddress');
      if (!usable || listener.udpListenerConfig || listener.apiListener) {
        report(
          nameOf(listener),
          'the listener was removed: it has no TCP port',
          'Use a socketAddress with a TCP port.',
        );
        return false;
      }
      return true;
    });
    for (const listener of config.listeners.filter(binds)) {
      if (nameOf(listener) === 'virtualOutbound') capture(listener, captureSocket(place.podFolder));
      else {
        const socket = child(child(listener, 'address'), 'socketAddress');
        // What listens on another address of the pod, as on its loopback, is reached by nobody else.
        if ([...wildcards, proxy.ip].includes(text(socket, 'address')))
          config.bound.push({ name: nameOf(listener), port: Number(socket.portValue) });
        bind(listener, place.secret);
      }
    }
  },
};

function capture(listener: JsonObject, path: string): void {
  listener.address = { pipe: { path, mode: 0o600 } };
  listener.statPrefix = 'virtualOutbound';
  listener.listenerFilters = [proxyHeaderFilter(), ...objects(listener.listenerFilters)];
}

function bind(listener: JsonObject, secret: string): void {
  const originalDst = typeUrl('envoy.extensions.filters.listener.original_dst.v3.OriginalDst');
  const filters = objects(listener.listenerFilters).filter((f) => child(f, 'typedConfig')['@type'] !== originalDst);
  listener.address = { socketAddress: { address: '127.0.0.1', portValue: 0 } };
  listener.statPrefix = text(listener, 'statPrefix') || nameOf(listener);
  listener.listenerFilters = [proxyHeaderFilter(), sourceFilter(), ...filters];
  delete listener.useOriginalDst;
  gate(listener, secret);
}
