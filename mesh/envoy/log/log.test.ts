import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../json.ts';
import type { Problem } from '../../problem.ts';
import { type Ask, streamOf } from '../match/testing/stream.ts';
import { compileAccessLogs } from './access-log.ts';
import { compileFormat, compileJsonFormat } from './format.ts';

const start = Date.UTC(2024, 0, 2, 3, 4, 5, 678);
const answered: Ask = {
  path: '/p?q=1',
  host: 'shop:80',
  headers: [
    ['x-a', 'v'],
    ['user-agent', 'curl'],
  ],
  response: [['content-type', 'text/plain']],
  info: {
    end: start + 7,
    firstUpstreamTxByte: start + 1,
    firstUpstreamRxByte: start + 5,
    lastUpstreamRxByte: start + 6,
    responseCode: 200,
    responseCodeDetails: 'via upstream',
    flags: ['URX', 'UF'],
    routeName: 'ro',
    upstreamCluster: 'a',
    upstreamHost: { ip: 'fd00::1', port: 80 },
    upstreamLocal: { ip: '10.0.0.2', port: 999 },
    attemptCount: 2,
    bytesSent: 161,
    dynamicMetadata: new Map([['f', { a: { b: 'c' }, n: 1 }]]),
    filterState: new Map([['k', 's']]),
  },
};

// Forms measured on Envoy 1.40; meaning from docs: configuration/observability/access_log/usage.
describe('operators', () => {
  it.each([
    ['%START_TIME%', '2024-01-02T03:04:05.678Z'],
    ['%START_TIME(%s.%3f)%', '1704164645.678'],
    ['%START_TIME(%Y/%m/%d %H:%M:%E3S %z)%', '2024/01/02 03:04:05.678 +0000'],
    ['%START_TIME(%b %e %E*S %6f %f)%', 'Jan  2 05.678 678000 678000000'],
    ['%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%', 'GET /p?q=1 HTTP/1.1'],
    ['%REQ(X-A)% %REQ(X-B)% %REQ(:PATH):3% %PATH(NQ)%', 'v - /p? /p'],
    ['%RESP(CONTENT-TYPE)% %TRAILER(X)% %GRPC_STATUS%', 'text/plain - -'],
    [
      '%RESPONSE_CODE% %RESPONSE_FLAGS% %RESPONSE_FLAGS_LONG%',
      '200 URX,UF UpstreamRetryLimitExceeded,UpstreamConnectionFailure',
    ],
    ['%RESPONSE_CODE_DETAILS% %CONNECTION_TERMINATION_DETAILS%', 'via_upstream -'],
    ['%DURATION% %RESPONSE_DURATION% %RESPONSE_TX_DURATION% %REQUEST_TX_DURATION%', '7 5 2 1'],
    ['%BYTES_RECEIVED% %BYTES_SENT% %UPSTREAM_REQUEST_ATTEMPT_COUNT%', '0 161 2'],
    ['%UPSTREAM_HOST% %UPSTREAM_CLUSTER% %UPSTREAM_LOCAL_ADDRESS%', '[fd00::1]:80 a 10.0.0.2:999'],
    [
      '%DOWNSTREAM_LOCAL_ADDRESS% %DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT% %DOWNSTREAM_REMOTE_PORT%',
      '10.0.0.2:80 10.0.0.1 1234',
    ],
    ['%REQUESTED_SERVER_NAME% %ROUTE_NAME% %VIRTUAL_CLUSTER_NAME%', '- ro -'],
    ['%DYNAMIC_METADATA(f:a:b)% %DYNAMIC_METADATA(f:a)% %DYNAMIC_METADATA(g)%', 'c {"b":"c"} -'],
    ['%FILTER_STATE(k:PLAIN)% %FILTER_STATE(k)% %FILTER_STATE(x)%', 's "s" -'],
    ['%QUERY_PARAM(q)% %ACCESS_LOG_TYPE%', '1 DownstreamEnd'],
    ['100%% of %%START_TIME%%', '100% of %START_TIME%'],
    ['', ''],
  ])('%s', (format, expected) => expect(compileFormat(format, '')(streamOf(answered))).toBe(expected));

  it.each([
    ['%METHOD%', 'Not supported field in StreamInfo: METHOD'],
    ['%constructor%', "Couldn't find valid command at position 0"],
    ['%REQ(X-A%', "Couldn't find valid command at position 0"],
    ['a%', "Couldn't find valid command at position 1"],
    ['%METADATA(CLUSTER:a)%', 'is not interpreted here'],
  ])('%s is refused', (format, message) => expect(() => compileFormat(format, '/x')).toThrow(message));

  it('JSON keeps types, sorts keys, writes null for what is missing', () => {
    const format: JsonObject = {
      zeta: '%RESPONSE_CODE%',
      mixed: 'a %RESPONSE_CODE% b',
      missing: '%REQ(NO)%',
      mm: 'x%REQ(NO)%',
      n: { z: '%DURATION%', a: 5, l: ['%PROTOCOL%', 1] },
    };
    expect(compileJsonFormat(format, '')(streamOf(answered))).toBe(
      '{"missing":null,"mixed":"a 200 b","mm":"x-","n":{"a":5,"l":["HTTP/1.1",1],"z":7},"zeta":200}\n',
    );
  });
});

describe('access logs', () => {
  const file = (filter?: JsonObject): JsonObject => ({
    typedConfig: {
      '@type': 'type.googleapis.com/envoy.extensions.access_loggers.file.v3.FileAccessLog',
      logFormat: { textFormatSource: { inlineString: '%RESPONSE_CODE%\n' } },
    },
    ...(filter && { filter }),
  });
  function lines(accessLog: JsonObject[], ask: Ask = answered): { written: string[]; problems: Problem[] } {
    const [written, problems]: [string[], Problem[]] = [[], []];
    const to = { write: (line: string) => void written.push(line), report: (p: Problem) => void problems.push(p) };
    for (const log of compileAccessLogs({ accessLog }, '/l', to)) log(streamOf(ask));
    return { written, problems };
  }
  const status = (op: string, defaultValue: number) => ({
    statusCodeFilter: { comparison: { op, value: { defaultValue } } },
  });

  it.each<[string, JsonObject | undefined, number]>([
    ['no filter', undefined, 1],
    ['status GE', status('GE', 200), 1],
    ['status GE, above', status('GE', 201), 0],
    ['status EQ is the default', status('', 200), 1],
    ['flags', { responseFlagFilter: { flags: ['UF'] } }, 1],
    ['other flags', { responseFlagFilter: { flags: ['NR'] } }, 0],
    ['any flag', { responseFlagFilter: {} }, 1],
    ['duration', { durationFilter: { comparison: { op: 'LE', value: { defaultValue: 7 } } } }, 1],
    ['header', { headerFilter: { header: { name: 'x-a', stringMatch: { exact: 'v' } } } }, 1],
    ['and', { andFilter: { filters: [status('GE', 200), status('GE', 300)] } }, 0],
    ['or', { orFilter: { filters: [status('GE', 200), status('GE', 300)] } }, 1],
  ])('%s', (_, filter, count) =>
    expect(lines([file(filter)])).toEqual({ written: Array(count).fill('200'), problems: [] }),
  );

  it('reports what it does not interpret', () => {
    const otel = { name: 'otel', typedConfig: { '@type': 'type.googleapis.com/x.OpenTelemetryAccessLogConfig' } };
    const cel = { extensionFilter: { name: 'cel' } };
    const { written, problems } = lines([otel, file(cel)]);
    expect(written).toEqual(['200']);
    expect(problems.map((p) => p.where?.object)).toEqual(['/l/accessLog/0', '/l/accessLog/1/filter/extensionFilter']);
  });
});
