import type { JsonObject } from '../../../json.ts';
import type { Problem } from '../../../problem.ts';
import { seededRandom } from '../../../world/random.ts';
import { HeaderList } from '../../runtime/header-list.ts';
import type { Counter, DownstreamConnection, FilterContext, Stream, StreamInfo } from '../../types.ts';

/** A connection of a test: plain text from 10.0.0.1 to 10.0.0.2:80. */
export const connection = (changes: Partial<DownstreamConnection> = {}): DownstreamConnection => ({
  id: 1,
  node: { id: 'sidecar~10.0.0.2~app-1.ns~ns.svc.cluster.local', ip: '10.0.0.2', metadata: {} },
  source: { ip: '10.0.0.1', port: 1234 },
  destination: { ip: '10.0.0.2', port: 80 },
  listener: 'l',
  filterChain: 'c',
  direction: 'INBOUND',
  transportProtocol: 'raw_buffer',
  protocol: 'HTTP/1.1',
  serverName: '',
  dynamicMetadata: new Map(),
  filterState: new Map(),
  terminationDetails: '',
  ...changes,
});

const info = (): StreamInfo => ({
  start: Date.UTC(2024, 0, 2, 3, 4, 5, 678),
  end: undefined,
  firstUpstreamTxByte: undefined,
  firstUpstreamRxByte: undefined,
  lastUpstreamRxByte: undefined,
  protocol: 'HTTP/1.1',
  responseCode: 0,
  responseCodeDetails: '',
  flags: [],
  routeName: '',
  virtualHost: '',
  upstreamCluster: undefined,
  upstreamAlias: undefined,
  upstreamHost: undefined,
  upstreamLocal: undefined,
  upstreamTransportFailureReason: '',
  upstreamTls: undefined,
  upstreamMetadata: undefined,
  attemptCount: 0,
  bytesReceived: 0,
  bytesSent: 0,
  dynamicMetadata: undefined,
  filterState: undefined,
});

export interface Ask {
  method?: string;
  host?: string;
  path?: string;
  headers?: readonly (readonly [string, string])[];
  random?: number;
  connection?: Partial<DownstreamConnection>;
  info?: Partial<StreamInfo>;
  /** Headers of a response that is there already. */
  response?: readonly (readonly [string, string])[];
}

/** A stream of a test, with a trace, so that rejected routes are told. */
export function streamOf(ask: Ask): Stream {
  const facts: StreamInfo = { ...info(), ...ask.info };
  return {
    info: facts,
    connection: connection(ask.connection),
    request: { headers: headersOf(ask), body: '' },
    response: ask.response && { status: 200, headers: HeaderList.from(ask.response), body: '' },
    route: undefined,
    randomValue: ask.random ?? 0,
    weightedCluster: -1,
    trace: { record: () => undefined },
    clearRoute: () => undefined,
    flag(flag) {
      facts.flags = [...facts.flags, flag];
    },
    setDynamicMetadata(filter, value) {
      facts.dynamicMetadata ??= new Map();
      facts.dynamicMetadata.set(filter, value);
    },
  };
}

const headersOf = ({ method = 'GET', path = '/', host = 'x', headers = [] }: Ask): HeaderList =>
  HeaderList.from([[':authority', host], [':scheme', 'http'], [':path', path], [':method', method], ...headers]);

export interface TestContext extends FilterContext {
  problems: Problem[];
  counters: { [name: string]: Counter };
  time: number;
}

/** A context of a test: its clock stands at `time`, what is counted and reported is kept. */
export function contextOf(runtime: { [key: string]: number } = {}): TestContext {
  const context: TestContext = {
    problems: [],
    counters: {},
    time: 0,
    node: { id: 'n', ip: '10.0.0.2', metadata: {} as JsonObject },
    clock: { now: () => context.time, sleep: () => Promise.resolve() },
    random: seededRandom(1),
    outside: (work) => work(),
    stats: {
      counter: (name) => (context.counters[name] ??= { value: 0 }),
      gauge: (name) => (context.counters[name] ??= { value: 0 }),
      histogram: () => ({ record: () => undefined }),
    },
    report: (problem) => context.problems.push(problem),
    runtime: (key, otherwise) => runtime[key] ?? otherwise,
    call: () => Promise.resolve(undefined),
  };
  return context;
}
