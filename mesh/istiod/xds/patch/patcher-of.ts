import type { ProxyContext } from '../context.ts';
import { Patcher } from './patcher.ts';

/** The EnvoyFilters of the proxy; undefined where it has none. */
export const patcherOf = ({ patches, snapshot, origins, problems }: ProxyContext): Patcher | undefined =>
  patches.length > 0
    ? new Patcher({ patches, messages: snapshot.envoyFilters.messages, origins, problems })
    : undefined;
