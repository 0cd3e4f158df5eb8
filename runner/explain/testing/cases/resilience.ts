import type { Case } from '../mesh.ts';
import { destinationRule, service, to, virtualService } from '../rules.ts';

const customers = 'http://customers/';
const route = `route: [${to('httpbin')}]`;
const rule = (more: string) => virtualService(`{name: r, ${more}, ${route}}`, 'httpbin');
const abort = (status: number) => `abort: {httpStatus: ${status}, percentage: {value: 100}}`;
const delay = (time: string) => `delay: {fixedDelay: ${time}, percentage: {value: 100}}`;

/** Timeouts, retries, faults, and what they are to each other (curriculum, 0.5 and 0.6). */
export const resilienceCases: readonly Case[] = [
  {
    name: 'a timeout of one attempt is not retried by default',
    rules: rule('retries: {attempts: 3, perTryTimeout: 300ms}'),
    url: 'http://httpbin/delay/2',
    expect: ['✗ 504  UT  upstream_per_try_timeout', '504: UT (no answer in time), upstream_per_try_timeout'],
  },
  {
    name: 'a timeout of one attempt, retried',
    rules: rule('retries: {attempts: 1, perTryTimeout: 300ms, retryOn: 5xx}'),
    url: 'http://httpbin/delay/2',
    expect: ['✗ 504  URX,UT  upstream_per_try_timeout', 'retry        attempt 2', '(attempt 2)'],
  },
  {
    name: 'an error of the app is not retried by default',
    rules: rule('timeout: 5s'),
    url: 'http://httpbin/status/503',
    expect: ['✗ 503', 'answer       503'],
  },
  {
    name: 'retries of one status',
    rules: rule('retries: {attempts: 1, retryOn: "503"}'),
    url: 'http://httpbin/status/503',
    expect: ['✗ 503  URX  via_upstream', 'because of status 503', '503: URX (no retry is left)'],
  },
  {
    name: 'retries of errors that were not made',
    rules: rule('retries: {attempts: 2, retryOn: connect-failure}'),
    url: 'http://httpbin/status/503',
    expect: ['✗ 503', 'answer       503'],
  },
  {
    name: 'a delay and an abort',
    rules: rule(`fault: {${delay('200ms')}, ${abort(503)}}`),
    url: 'http://httpbin/get',
    expect: [
      '✗ 503  DI,FI  fault_filter_abort  200 ms',
      'route `r` of VirtualService shop/rules (rules.yaml:5) was chosen',
      'fault delays by 200 ms',
      '503: DI (a fault delayed it), FI (a fault answered it)',
    ],
  },
  {
    name: 'a delay is not cut by the timeout',
    rules: rule(`timeout: 200ms, fault: {${delay('500ms')}}`),
    url: 'http://httpbin/get',
    expect: ['✓ 200  DI  via_upstream  500 ms'],
  },
  {
    name: 'a fault for others',
    rules: virtualService(
      `{name: test, match: [{headers: {user: {exact: test}}}], fault: {${abort(500)}}, ${route}}, {name: all, ${route}}`,
      'httpbin',
    ),
    url: 'http://httpbin/get',
    expect: ['✓ 200', 'test does not match: header user is absent', 'all matches'],
  },
  {
    name: 'a fault of nobody',
    rules: rule('fault: {abort: {httpStatus: 500, percentage: {value: 0}}}'),
    url: 'http://httpbin/get',
    expect: ['✓ 200'],
  },
  {
    name: 'an abort of a gRPC request',
    rules: rule(`fault: {${abort(503)}}`),
    url: 'http://httpbin/pkg.Service/Method',
    method: 'POST',
    headers: { 'content-type': 'application/grpc' },
    expect: ['✓ 200  FI  fault_filter_abort', 'fault aborts with 503'],
  },
  {
    name: 'UF: nobody listens behind the Service',
    rules: service('closed', 'httpbin', 9999),
    url: 'http://closed/',
    expect: [
      '✗ 503  URX,UF  upstream_reset_before_response_started{remote_connection_failure|delayed_connect_error:_Connection_refused}',
      'server proxy of httpbin-v1-',
      '✗ attempt      failed: delayed connect error: Connection refused',
      '503: URX (no retry is left), UF (no connection could be made)',
    ],
  },
  {
    name: 'CORS: what a browser asks first',
    rules: rule('corsPolicy: {allowOrigins: [{exact: "http://shop.example"}], allowMethods: [GET]}'),
    url: 'http://httpbin/get',
    method: 'OPTIONS',
    headers: { origin: 'http://shop.example', 'access-control-request-method': 'GET' },
    expect: ['✓ 200', 'filter       cors answers'],
  },
  {
    name: 'CORS: another origin',
    rules: rule('corsPolicy: {allowOrigins: [{exact: "http://shop.example"}], allowMethods: [GET]}'),
    url: 'http://httpbin/get',
    headers: { origin: 'http://other.example' },
    expect: ['✓ 200', 'r matches'],
  },
  {
    name: 'a timeout that is long enough',
    rules: rule('timeout: 5s'),
    url: 'http://httpbin/delay/0.2',
    expect: ['✓ 200', 'r matches'],
  },
  {
    name: 'UO: too many requests',
    rules: destinationRule('trafficPolicy: {connectionPool: {http: {http2MaxRequests: 1}}}', 'httpbin'),
    url: 'http://httpbin/delay/1',
    crowd: 2,
    expect: ['✗ 503  UO', '<- DestinationRule shop/httpbin spec.trafficPolicy.connectionPool.http.http2MaxRequests'],
  },
  {
    name: 'a path that the app has not',
    url: `${customers}none`,
    expect: ['✗ 404', 'answer       404'],
  },
];
