import type { TraceEvent } from '../../mesh/envoy/types.ts';

/** What a proxy's access log says of one request, as Envoy writes it; `-` where there is nothing to say. */
export interface LogFacts {
  /** 0: no answer was sent. */
  status: number;
  flags: string;
  details: string;
  cluster: string;
  route: string;
}

/** What a proxy will log, one entry for each line. */
export const predictedLog = (events: readonly TraceEvent[]): LogFacts[] =>
  events.flatMap(({ at: _, node: __, ...event }) => {
    if (event.kind !== 'log') return [];
    const { kind: ___, ...facts } = event;
    return [facts];
  });

/** Istio's text format (EnvoyTextLogFormat in pilot/pkg/model/telemetry_logging.go), the parts that LogFacts has. */
const pattern =
  /^\[[^\]]+\] "(?<request>[^"]*)" (?<status>\d+) (?<flags>\S+) (?<details>\S+) \S+ "(?:[^"]*)" \S+ \S+ \S+ \S+ "[^"]*" "[^"]*" "(?<id>[^"]*)" "[^"]*" "[^"]*" (?<cluster>\S+) \S+ \S+ \S+ \S+ (?<route>\S+)$/;

/** Reads a line of an access log in Istio's text format; undefined for any other. */
export function parseLogLine(line: string): (LogFacts & { id: string }) | undefined {
  const groups = pattern.exec(line)?.groups;
  if (!groups) return undefined;
  const { status, flags = '-', details = '-', cluster = '-', route = '-', id = '-' } = groups;
  return { status: Number(status), flags, details, cluster, route, id };
}

/** `503 NC cluster_not_found, cluster -, route split` */
export const logInWords = ({ status, flags, details, cluster, route }: LogFacts): string =>
  `${status} ${flags} ${details}, cluster ${cluster}, route ${route}`;
