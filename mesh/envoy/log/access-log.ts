import { isObject, type JsonObject } from '../../json.ts';
import { field, object, objects, text } from '../match/proto.ts';
import { notInterpreted } from '../match/unsupported.ts';
import type { FilterContext, LogSource } from '../types.ts';
import { compileLogFilter } from './filter.ts';
import { compileFormat, compileJsonFormat } from './format.ts';

export type AccessLog = (source: LogSource) => void;

/** What a file access log without a format writes (docs: access_log/usage, "Default format string"). */
const defaultFormat =
  '[%START_TIME%] "%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%" %RESPONSE_CODE% %RESPONSE_FLAGS% ' +
  '%BYTES_RECEIVED% %BYTES_SENT% %DURATION% %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% "%REQ(X-FORWARDED-FOR)%" ' +
  '"%REQ(USER-AGENT)%" "%REQ(X-REQUEST-ID)%" "%REQ(:AUTHORITY)%" "%UPSTREAM_HOST%"\n';

/** Loggers that write lines; all others are reported. */
const writers = ['file.v3.FileAccessLog', 'stream.v3.StdoutAccessLog', 'stream.v3.StderrAccessLog'];

/**
 * The access logs of a connection manager, TCP proxy or listener (its `accessLog` list). `write` gets lines without
 * their line feed. Throws a ProblemError for what Envoy refuses; what is not interpreted goes to `report`.
 */
export function compileAccessLogs(
  config: JsonObject,
  pointer: string,
  to: { write(line: string): void; report: FilterContext['report'] },
): readonly AccessLog[] {
  return objects(config, 'accessLog').flatMap((log, i) => {
    const at = `${pointer}/accessLog/${i}`;
    const typed = object(log, 'typedConfig') ?? {};
    const type = text(typed, '@type');
    if (!writers.some((writer) => type.endsWith(writer))) {
      to.report(notInterpreted(`access logger ${text(log, 'name')} (${type.replace(/^.*\//, '')})`, at));
      return [];
    }
    const line = compileLine(typed, `${at}/typedConfig`);
    const wanted = compileLogFilter(object(log, 'filter'), `${at}/filter`, to.report);
    return [(source: LogSource) => (wanted(source) ? to.write(line(source).replace(/\n$/, '')) : undefined)];
  });
}

function compileLine(config: JsonObject, pointer: string): (source: LogSource) => string {
  const format = object(config, 'logFormat') ?? {};
  const json = field(format, 'jsonFormat') ?? field(config, 'jsonFormat');
  if (isObject(json)) return compileJsonFormat(json, `${pointer}/logFormat/jsonFormat`);
  const source = text(object(format, 'textFormatSource') ?? {}, 'inlineString');
  const written = source || text(format, 'textFormat') || text(config, 'format') || defaultFormat;
  return compileFormat(written, `${pointer}/logFormat`, field(format, 'omitEmptyValues') === true ? '' : '-');
}
