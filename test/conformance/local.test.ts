import { localPlace } from '../../runner/place/local/local.ts';
import { describePlace } from './describe-place.ts';
import { tables } from './table.ts';

/** What real Envoys do in each test run; `run.ts local` does all. */
const slice = [
  ...['http-route/matching', 'http-route/header-matching', 'http-route/rewrite-path', 'http-route/redirect-scheme'],
  ...[
    'http-route/request-mirror',
    'http-route/retry',
    'http-route/timeout-request',
    'grpc-route/exact-method-matching',
  ],
  ...['gateway/http-listener-isolation', 'tls-route/mixed-termination-same-namespace', 'mesh/split', 'mesh/ports'],
];

describePlace(
  localPlace({ env: process.env, download: false }),
  tables.filter(({ name }) => slice.includes(name)),
);
