import type { JsonObject } from '../../../json.ts';
import type { HeaderList } from '../../runtime/header-list.ts';
import type { Address, DownstreamConnection, StreamInfo } from '../../types.ts';

/** What rules are asked about: an HTTP stream, or a connection alone. */
export interface Subject {
  connection: DownstreamConnection;
  info?: StreamInfo;
  request?: { headers: HeaderList };
  route?: { json: JsonObject } | undefined;
}

export const metadataOf =
  ({ info, connection }: Subject) =>
  (filter: string): JsonObject | undefined =>
    info?.dynamicMetadata?.get(filter) ?? connection.dynamicMetadata.get(filter);

export const filterStateOf = ({ info, connection }: Subject, key: string): string | undefined =>
  info?.filterState?.get(key) ?? connection.filterState.get(key);

/** The client as x-forwarded-for tells it, else the other end of the connection. */
export const remoteOf = ({ info, connection }: Subject): Address => info?.downstreamRemote ?? connection.source;
