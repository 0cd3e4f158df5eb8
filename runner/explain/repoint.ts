import type { TraceEvent } from '../../mesh/envoy/types.ts';
import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';

/**
 * Events of one proxy with pointers into the configuration that it has now. What a configuration does not change stays as a
 * proxy has compiled it, with the position that it had then; its name tells where it is.
 */
export function repointed(events: readonly TraceEvent[], config: XdsConfig | undefined): TraceEvent[] {
  if (!config) return [...events];
  const now = new Map<string, string>();
  for (const event of events)
    for (const [list, name, pointer] of namesIn(event)) {
      const index = config[list].findIndex((r) => r.name === name);
      const [, , before = ''] = pointer.split('/');
      if (index >= 0 && pointer.startsWith(`/${list}/`)) now.set(`/${list}/${before}`, `/${list}/${index}`);
    }
  const moved = (pointer: string): string => {
    const prefix = pointer.split('/').slice(0, 3).join('/');
    const to = now.get(prefix);
    return to === undefined || to === prefix ? pointer : to + pointer.slice(prefix.length);
  };
  return events.map((event) => ({
    ...event,
    ...('pointer' in event && { pointer: moved(event.pointer) }),
    ...('rejected' in event && { rejected: event.rejected.map((r) => ({ ...r, pointer: moved(r.pointer) })) }),
  }));
}

type Name = [list: 'listeners' | 'routes' | 'clusters', name: string, pointer: string];

function namesIn(event: TraceEvent): Name[] {
  switch (event.kind) {
    case 'accept':
    case 'noFilterChain':
      return [['listeners', event.listener, event.pointer]];
    case 'cluster':
      return [['clusters', event.cluster, event.pointer]];
    case 'route':
    case 'noRoute':
      return [
        ['routes', event.table, event.pointer],
        // A connection that was kept alive brings no `accept`; inbound ports have their routes in the one listener.
        ...(event.table.startsWith('inbound|') ? [['listeners', 'virtualInbound', event.pointer] as Name] : []),
      ];
    default:
      return [];
  }
}
