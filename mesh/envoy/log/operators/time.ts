import type { LogSource } from '../../types.ts';
import { type Operators, plain } from '../operator.ts';
import { formatTime } from '../time-format.ts';

const since = (start: number, end: number | undefined): number | undefined =>
  end === undefined ? undefined : Math.floor(end - start);

const received = ({ info }: LogSource): number | undefined => since(info.start, info.lastUpstreamRxByte);

/** Times in whole milliseconds (docs: access_log/usage, DURATION and following). */
export const timeOperators: Operators = {
  START_TIME: (argument) => {
    // The default, `%Y-%m-%dT%H:%M:%E3SZ`, is what JavaScript writes by itself, and fast.
    if (argument === '') return ({ info }) => new Date(info.start).toISOString();
    return ({ info }) => formatTime(argument, info.start);
  },
  EMIT_TIME: (argument) => {
    const format = argument === '' ? '%Y-%m-%dT%H:%M:%E3SZ' : argument;
    return ({ info }) => formatTime(format, info.end ?? info.start);
  },
  DURATION: plain(({ info }) => since(info.start, info.end)),
  // Messages have no duration of their own here: the request is whole when its stream starts.
  REQUEST_DURATION: plain(() => 0),
  REQUEST_TX_DURATION: plain(({ info }) => since(info.start, info.firstUpstreamTxByte)),
  RESPONSE_DURATION: plain(({ info }) => since(info.start, info.firstUpstreamRxByte)),
  RESPONSE_TX_DURATION: plain((source) => {
    const first = source.info.firstUpstreamRxByte;
    return first === undefined ? undefined : since(first, source.info.end ?? first + (received(source) ?? 0));
  }),
};
