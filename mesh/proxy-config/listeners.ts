import type { JsonObject } from '../json.ts';
import { destination, HTTP, isBlackHole, TCP } from './destination.ts';
import { byText, type Entry, inOrder, int, object, objects, text, texts } from './entry.ts';
import type { Row, Table, TableOptions } from './table.ts';

/** `istioctl proxy-config listeners`: a line for each filter chain (PrintListenerSummary, pkg/writer/envoy/configdump/listener.go). */
export function listenersTable(listeners: readonly Entry[], options: TableOptions = {}): Table {
  const { verbose = true, withType = false } = options;
  const rows = [...listeners]
    .sort((a, b) => compare(a.resource, b.resource))
    .flatMap((entry) => {
      const { resource } = entry;
      const first = [
        ...(withType ? [`listener/${text(resource.name)}`] : []),
        addresses(resource).join(),
        String(portOf(resource)),
      ];
      const found = verbose ? chainRows(entry) : [{ cells: [listenerType(resource)], at: entry.at }];
      return found.map((row) => ({ ...row, cells: [...first, ...row.cells] }));
    });
  const columns = [
    ...(withType ? ['NAME'] : []),
    'ADDRESSES',
    'PORT',
    ...(verbose ? ['MATCH', 'DESTINATION'] : ['TYPE']),
  ];
  return { columns, rows, padding: 1 };
}

const compare = (a: JsonObject, b: JsonObject): number =>
  inOrder(
    portOf(a) - portOf(b),
    byText(addresses(a)[0] ?? '', addresses(b)[0] ?? ''),
    byText(listenerType(a), listenerType(b)),
  );

const socketOf = (holder: JsonObject): JsonObject => object(object(holder.address).socketAddress);
const portOf = (listener: JsonObject): number => int(socketOf(listener).portValue);

function addresses(listener: JsonObject): string[] {
  const { socketAddress, pipe } = object(listener.address);
  const first = socketAddress === undefined ? text(object(pipe).path) : text(object(socketAddress).address);
  return [first, ...objects(listener.additionalAddresses).map((more) => text(socketOf(more).address))];
}

const chainsOf = ({ resource, at }: Entry): Entry[] => [
  ...objects(resource.filterChains).map((chain, i) => ({ resource: chain, at: `${at}/filterChains/${i}` })),
  ...(resource.defaultFilterChain === undefined
    ? []
    : [{ resource: object(resource.defaultFilterChain), at: `${at}/defaultFilterChain` }]),
];

/** Of each chain what it matches and where it leads, by destination downwards. */
const chainRows = (listener: Entry): Row[] =>
  chainsOf(listener)
    .map(({ resource, at }) => ({
      cells: [describeChainMatch(object(resource.filterChainMatch)), destination(objects(resource.filters))],
      at,
    }))
    .sort((a, b) => byText(b.cells[1] ?? '', a.cells[1] ?? ''));

function listenerType(listener: JsonObject): string {
  const filters = chainsOf({ resource: listener, at: '' }).flatMap((chain) => objects(chain.resource.filters));
  const http = filters.some((f) => f.name === HTTP);
  const tcp = filters.some((f) => f.name === TCP && !isBlackHole(f));
  if (http) return tcp ? 'HTTP+TCP' : 'HTTP';
  return tcp ? 'TCP' : 'UNKNOWN';
}

const plaintext = ['http/1.0', 'http/1.1', 'h2c'];
const overMtls = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'];
/** Lists of application protocols that have a name. */
const knownProtocols = new Map([
  [[...plaintext, ...overMtls].join(), 'HTTP TLS'],
  [['istio', ...overMtls].join(), 'Istio HTTP Plain'],
  ['istio-peer-exchange,istio', 'TCP TLS'],
  [plaintext.join(), 'HTTP'],
]);

/** getMatches; source and suffix conditions are not told. */
function describeChainMatch(match: JsonObject): string {
  const serverNames = texts(match.serverNames).join();
  const protocols = texts(match.applicationProtocols).join();
  const port = match.destinationPort === undefined ? '' : `:${int(match.destinationPort)}`;
  const ranges = objects(match.prefixRanges).map((r) => `${text(r.addressPrefix)}/${int(r.prefixLen)}`);
  const address = ranges.length > 0 ? ranges.join() : port && '*';
  const conditions = [
    serverNames && `SNI: ${serverNames}`,
    match.transportProtocol ? `Trans: ${text(match.transportProtocol)}` : '',
    protocols && `App: ${knownProtocols.get(protocols) ?? protocols}`,
    address && `Addr: ${address}${port}`,
  ];
  return conditions.filter((c) => c !== '').join('; ') || 'ALL';
}
