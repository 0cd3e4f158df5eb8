import type { JsonObject } from '../../json.ts';
import { compileFormat } from '../log/format.ts';
import { flag, object, objects, refuse, text } from '../match/proto.ts';
import { NewStreamInfo } from '../runtime/stream-info.ts';
import type { HttpFilterFactory, LogSource, NetworkFilterFactory } from '../types.ts';

type Write = (source: LogSource, state: Map<string, string>) => void;

/** envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue; every object is a text here. */
function compileValues(config: JsonObject, field: string, pointer: string): readonly Write[] {
  return objects(config, field).map((value, i) => {
    const at = `${pointer}/${field}/${i}`;
    const key = text(value, 'objectKey');
    if (key === '') return refuse('a filter state without object_key', at);
    const format = object(value, 'formatString') ?? {};
    const inline = text(object(format, 'textFormatSource') ?? {}, 'inlineString') || text(format, 'textFormat');
    const make = compileFormat(inline, at, flag(format, 'omitEmptyValues') ? '' : '-');
    const skipsEmpty = flag(value, 'skipIfEmpty') ?? false;
    return (source, state) => {
      const made = make(source);
      if (made !== '' || !skipsEmpty) state.set(key, made);
    };
  });
}

/** envoy source/extensions/filters/http/set_filter_state: what later filters, routes and logs may read. */
export const setFilterState: HttpFilterFactory = {
  type: 'envoy.extensions.filters.http.set_filter_state.v3.Config',
  compile(config, { name, pointer }) {
    const values = compileValues(config, 'onRequestHeaders', pointer);
    return {
      name,
      decode(stream) {
        stream.info.filterState ??= new Map();
        for (const write of values) write(stream, stream.info.filterState);
        return undefined;
      },
    };
  },
};

/** envoy source/extensions/filters/network/set_filter_state. */
export const networkSetFilterState: NetworkFilterFactory = {
  type: 'envoy.extensions.filters.network.set_filter_state.v3.Config',
  compile(config, { name, pointer, context }) {
    const values = compileValues(config, 'onNewConnection', pointer);
    return {
      name,
      onNewConnection(connection) {
        const source = { info: new NewStreamInfo(context.clock.now(), undefined), connection };
        for (const write of values) write(source, connection.filterState);
        return undefined;
      },
    };
  },
};
