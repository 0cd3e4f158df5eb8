import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { type Rule, resourcesOf } from '../rule.ts';
import { forEachObject, nameOf, typeUrl } from '../walk.ts';

const prefix = typeUrl('envoy.extensions.filters.http.lua.v3.');

/**
 * Envoy opens all of Lua's libraries (source/extensions/filters/common/lua/lua.cc: luaL_openlibs), so that a script
 * could run commands and read files. These are taken away on the script's first line, before any of its own code runs;
 * a script that needs one fails with Lua's own error in the log. Bytecode is no way around: behind this line it is text.
 */
const guard = `${[
  'os',
  'io',
  'package',
  'require',
  'module',
  'debug',
  'ffi',
  'jit',
  'loadstring',
  'load',
  'loadfile',
  'dofile',
  'newproxy',
  'collectgarbage',
]
  .map((name) => `${name}=nil`)
  .join(' ')} string.dump=nil; `;

export const lua: Rule = {
  name: 'lua',
  apply(config, { report }) {
    for (const resource of resourcesOf(config)) {
      forEachObject(resource, (object) => {
        if (!String(object['@type']).startsWith(prefix)) return;
        if (typeof object.inlineCode === 'string') object.inlineCode = guard + object.inlineCode;
        const codes = isObject(object.sourceCodes) ? Object.values(object.sourceCodes) : [];
        for (const source of [object.defaultSourceCode, object.sourceCode, ...codes].filter(isObject)) {
          if (guardSource(source)) continue;
          report(nameOf(resource), 'a Lua script that is not given as inlineString was removed', 'Write it inline.');
        }
      });
    }
  },
};

/** Only inline scripts can be guarded. */
function guardSource(source: JsonObject): boolean {
  const code = source.inlineString;
  for (const field of Object.keys(source)) delete source[field];
  source.inlineString = guard + (typeof code === 'string' ? code : '');
  return typeof code === 'string';
}
