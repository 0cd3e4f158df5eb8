import type { ConnectFailure, Dial, Opening, Receiver, ServerEnd, ServerHello } from '../../world/connection.ts';
import { HeaderList } from '../../world/header-list.ts';
import type { ConnectionManager } from '../hcm/connection-manager.ts';
import { NewStreamInfo } from '../runtime/stream-info.ts';
import type { DownstreamConnection } from '../types.ts';
import { TcpSession, type TcpSetting, toCluster } from './tcp-proxy.ts';

export interface ConnectParts {
  manager: ConnectionManager;
  facts: DownstreamConnection;
  opening: Opening & { kind: 'connect' };
  layers: readonly ServerHello[];
  dial: Dial;
}

/**
 * HBONE ends here: the CONNECT request passes the manager's filters and routes, and what it carries goes on as TCP to
 * the route's cluster (envoy source/common/router/upstream_codec_filter.cc and extensions/upstreams/http/tcp, connect_config).
 */
export function terminateConnect(
  { manager, facts, opening, layers, dial }: ConnectParts,
  setting: TcpSetting,
): ServerEnd | ConnectFailure {
  let answered = 0;
  let session: TcpSession | undefined;
  const receiver: Receiver = {
    onResponse: ({ status }) => {
      answered = status;
    },
    onData: () => undefined,
    onReset: () => undefined,
  };
  const headers = new HeaderList([':authority', ':method'], [opening.authority, 'CONNECT']);
  manager.connect(
    facts,
    { headers, body: '', tag: dial.tag },
    {
      receiver,
      open(cluster, stream, ended) {
        const filterState = new Map([...facts.filterState, ...(stream.info.filterState ?? [])]);
        const info = new NewStreamInfo(setting.clock.now(), undefined);
        const parts = { config: toCluster(cluster), filters: [], facts: { ...facts, filterState }, info };
        session = new TcpSession({ ...parts, opening: opening.inner, layers, dial, log: ended }, setting).start();
      },
    },
  );
  if (session && !session.closed) return session;
  return { failure: 'reset', reason: answered > 0 ? `CONNECT was answered with ${answered}` : '' };
}
