import type { MirrorPolicy, RoutePolicy } from '../policy.ts';
import type { RoutedStream, RouterSetting } from './router-host.ts';

/** Sends copies whose answers nobody hears (source/common/router/router.cc, maybeDoShadowing). `timeoutMs`: the request's own. */
export function startMirrors(
  stream: RoutedStream,
  policy: RoutePolicy,
  timeoutMs: number,
  setting: RouterSetting,
): void {
  for (const mirror of policy.mirrors) {
    // The stream's one random number decides here too (FilterUtility::shouldShadow, stable_random).
    if (stream.randomValue % 1_000_000 >= mirror.numerator) continue;
    const cluster = mirror.cluster || stream.request.headers.get(mirror.clusterHeader);
    if (!cluster) continue;
    stream.trace?.record({ at: setting.clock.now(), node: setting.node.id, kind: 'mirror', cluster });
    setting.call(cluster, shadowOf(stream, mirror, setting), { timeoutMs });
  }
}

function shadowOf({ request }: RoutedStream, mirror: MirrorPolicy, { node }: RouterSetting) {
  const headers = request.headers.copy();
  const authority = headers.get(':authority') ?? '';
  if (!mirror.disableShadowHostSuffix) headers.set(':authority', shadowHost(authority));
  // What the asynchronous client adds to a request of its own (source/common/http/async_client_impl.cc, sendHeaders).
  headers.set('x-envoy-internal', 'true');
  const xff = headers.get('x-forwarded-for');
  headers.set('x-forwarded-for', xff ? `${xff},${node.ip}` : node.ip);
  return { headers, body: request.body };
}

/** `host-shadow:port` (source/common/router/shadow_writer_impl.cc). */
function shadowHost(authority: string): string {
  const port = /:\d+$/.exec(authority);
  return port ? `${authority.slice(0, port.index)}-shadow${port[0]}` : `${authority}-shadow`;
}
