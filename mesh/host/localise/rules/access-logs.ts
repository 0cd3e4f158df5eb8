import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { isBelow } from '../paths.ts';
import type { Rule } from '../rule.ts';
import { forEachObject, nameOf, text, typeUrl } from '../walk.ts';

const file = typeUrl('envoy.extensions.access_loggers.file.v3.FileAccessLog');
const stream = (name: string) => typeUrl(`envoy.extensions.access_loggers.stream.v3.${name}`);

/**
 * /dev/stdout is a socket here, which Envoy cannot open as a file (spike, rule 9): the stream loggers write to it. Any
 * other file outside of the pod's folder goes to standard output as well, with a problem.
 */
export const accessLogs: Rule = {
  name: 'accessLogs',
  apply(config, { place, report }) {
    for (const resource of [...config.listeners, ...config.clusters, ...config.extensionConfigs]) {
      forEachObject(resource, (object) => {
        if (object['@type'] !== file) return;
        const path = text(object, 'path');
        if (isBelow(place.podFolder, path)) return;
        if (path !== '/dev/stdout' && path !== '/dev/stderr') {
          report(nameOf(resource), `the access log ${path} goes to standard output`, 'Use /dev/stdout.');
        }
        toStream(object, path === '/dev/stderr' ? stream('StderrAccessLog') : stream('StdoutAccessLog'));
      });
    }
  },
};

/** The stream loggers know only logFormat, not the deprecated forms of the file logger. */
function toStream(log: JsonObject, type: string): void {
  if (typeof log.format === 'string') log.logFormat = { textFormatSource: { inlineString: log.format } };
  if (isObject(log.jsonFormat)) log.logFormat = { jsonFormat: log.jsonFormat };
  if (isObject(log.typedJsonFormat)) log.logFormat = { jsonFormat: log.typedJsonFormat };
  for (const field of ['path', 'format', 'jsonFormat', 'typedJsonFormat']) delete log[field];
  log['@type'] = type;
}
