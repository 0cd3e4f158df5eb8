import { objects } from '../../../mesh/json.ts';
import { identityInWords } from '../names.ts';
import { valueAt } from '../value-at.ts';
import { type Scene, step, type Tell } from './step.ts';

/** The capture listener keeps a connection that no other listener is meant for. */
const fallbacks: readonly string[] = ['virtualOutbound', 'virtualInbound'];

export const accept: Tell<'accept'> = ({ listener, pointer, destination, direction }, { world, causes }) => {
  const { ip, port } = destination;
  if (direction === 'INBOUND') return [];
  const name = world.nameAt(ip) ?? world.podAt(ip)?.name;
  const to = `${ip}:${port}${name === undefined ? '' : ` (${name})`}`;
  const why = fallbacks.includes(listener) ? `, because no listener is for ${to}` : `, for ${to}`;
  // One listener serves every Service with HTTP on its port; that one of them made it first means nothing.
  const isShared = listener.startsWith('0.0.0.0_');
  return [step('listener', `${listener}${why}`, { causes: isShared ? [] : causes.of(pointer) })];
};

export const filterChain: Tell<'filterChain'> = ({ name, pointer, reason, transport }, scene) => {
  if (!isInbound(scene)) return reason ? [step('filter chain', `${name || 'the default'}: ${reason}`)] : [];
  const chosen = step('filter chain', `${name}: ${transport === 'tls' ? 'for TLS' : 'for plaintext'}`, {
    causes: scene.causes.of(`${pointer}/filterChainMatch`),
  });
  const { causes } = scene;
  const off = !takesTls(pointer, scene);
  const plain = step(
    'TLS',
    off ? 'none: mutual TLS is off here' : 'none: it came in plaintext, which is allowed here',
    {
      causes: causes.of(pointer).filter((cause) => cause.kind === 'PeerAuthentication'),
    },
  );
  return transport === 'tls' ? [chosen] : [chosen, plain];
};

/** Whether the listener has chains for TLS with the certificate of the mesh beside this one. */
const takesTls = (pointer: string, { causes }: Scene): boolean => {
  const name = valueAt(causes.config, `${pointer}/name`);
  const chains = objects(valueAt(causes.config, pointer.replace(/\/\d+$/, '')));
  return chains.some((chain) => chain.name === name && chain.transportSocket !== undefined);
};

const isInbound = ({ events }: Scene) => events.some((e) => e.kind === 'accept' && e.direction === 'INBOUND');

export const noFilterChain: Tell<'noFilterChain'> = ({ reason, pointer }, { causes }) => {
  const strict = causes.within(pointer, 'PeerAuthentication');
  const text =
    strict.length > 0
      ? 'none takes plaintext: mutual TLS is required here; the connection is closed'
      : `none: ${reason}; the connection is closed`;
  return [step('filter chain', text, { outcome: 'failed', causes: strict })];
};

export const tls: Tell<'tls'> = ({ side, ok, peer, local, reason }, { causes, events }) => {
  const chain = events.find((e) => e.kind === 'filterChain');
  const required = chain ? causes.of(chain.pointer).filter((cause) => cause.kind === 'PeerAuthentication') : [];
  if (!ok) return [step('TLS', `the handshake failed: ${reason}`, { outcome: 'failed', causes: required })];
  const [client, server] = side === 'server' ? [peer, local] : [local, peer];
  if (!client) return [step('TLS', `of ${identityInWords(server)}; the client shows no certificate`)];
  const text = `mutual: ${identityInWords(client)} calls ${identityInWords(server)}`;
  return [step('TLS', text, { causes: required })];
};
