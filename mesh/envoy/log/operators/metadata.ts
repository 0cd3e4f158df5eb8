import { isObject, type Json, type JsonObject } from '../../../json.ts';
import { valueAt } from '../../match/value-matcher.ts';
import type { LogSource } from '../../types.ts';
import { type Operators, plain, type Read } from '../operator.ts';

/** `NAMESPACE:KEY:KEY…`: a value by its path, the whole struct without keys. */
function byPath(find: (source: LogSource, filter: string) => JsonObject | undefined, argument: string): Read {
  const [filter = '', ...keys] = argument.split(':');
  return (source) => emptyAsNone(valueAt(find(source, filter), keys));
}

const emptyAsNone = (value: Json | undefined): Json | undefined =>
  value === '' || (isObject(value) && Object.keys(value).length === 0) ? undefined : value;

const dynamic = ({ info, connection }: LogSource, filter: string): JsonObject | undefined =>
  info.dynamicMetadata?.get(filter) ?? connection.dynamicMetadata.get(filter);

const upstream = ({ info }: LogSource, filter: string): JsonObject | undefined => {
  const found = info.upstreamMetadata?.[filter];
  return isObject(found) ? found : undefined;
};

/** `KEY`, `KEY:PLAIN`, `KEY:TYPED`: our filter states are texts, and typed ones print as JSON strings. */
function filterState(argument: string): Read {
  const [key = '', form = 'TYPED'] = argument.split(':');
  return ({ info, connection }) => {
    const value = info.filterState?.get(key) ?? connection.filterState.get(key);
    return value === undefined || form === 'PLAIN' ? value : JSON.stringify(value);
  };
}

function metadata(argument: string): Read {
  const [type = '', ...rest] = argument.split(':');
  if (type === 'DYNAMIC') return byPath(dynamic, rest.join(':'));
  if (type === 'UPSTREAM_HOST') return byPath(upstream, rest.join(':'));
  throw new RangeError(`METADATA(${type}) is not interpreted here`);
}

/** Metadata, filter state and what the node itself says. */
export const metadataOperators: Operators = {
  DYNAMIC_METADATA: (argument) => byPath(dynamic, argument),
  UPSTREAM_METADATA: (argument) => byPath(upstream, argument),
  METADATA: metadata,
  FILTER_STATE: filterState,
  HOSTNAME: plain(({ connection }) => connection.node.id.split('~')[2]?.split('.')[0]),
  ENVIRONMENT: () => () => undefined,
};
