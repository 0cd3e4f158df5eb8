import type { JsonObject } from '../../json.ts';
import { compileFormat, isConstant } from '../log/format.ts';
import { field, flag, object, objects, refuse, text, texts } from '../match/proto.ts';
import type { HeaderList } from '../runtime/header-list.ts';
import type { LogSource } from '../types.ts';
import { addHeader, type Direction } from './inline.ts';

/** Changes headers by what a configuration says. */
export type HeaderMutation = (headers: HeaderList, source: LogSource) => void;

type Action = 'APPEND_IF_EXISTS_OR_ADD' | 'ADD_IF_ABSENT' | 'OVERWRITE_IF_EXISTS_OR_ADD' | 'OVERWRITE_IF_EXISTS';

interface Addition {
  name: string;
  value(source: LogSource): string;
  action: Action;
  keepEmpty: boolean;
}

const fields = {
  request: ['requestHeadersToAdd', 'requestHeadersToRemove'],
  response: ['responseHeadersToAdd', 'responseHeadersToRemove'],
} as const;

/**
 * The header operations of a weighted cluster, route, virtual host or route configuration; undefined when it has none.
 * Order as in envoy source/common/router/header_parser.cc, evaluateHeaders: remove, then overwrite, then add; all
 * values are formatted before anything is overwritten. Throws a ProblemError for what Envoy refuses.
 */
export function compileMutation(
  message: JsonObject,
  direction: Direction,
  pointer: string,
): HeaderMutation | undefined {
  const [add, remove] = fields[direction];
  const removals = texts(message, remove).map((name) => removable(name.toLowerCase(), `${pointer}/${remove}`));
  const additions = objects(message, add).map((option, i) => compileAddition(option, `${pointer}/${add}/${i}`));
  if (removals.length + additions.length === 0) return undefined;
  return (headers, source) => {
    for (const name of removals) headers.remove(name);
    const values = additions.map(({ value }) => value(source));
    const present = additions.map(({ name }) => headers.has(name));
    const writes = additions.map(({ action }, i) => writeOf(action, present[i] ?? false));
    for (const step of ['overwrite', 'add'] as const) {
      for (const [i, { name, keepEmpty }] of additions.entries()) {
        const value = values[i] ?? '';
        if (writes[i] !== step || (value === '' && !keepEmpty)) continue;
        if (step === 'add') addHeader(headers, name, value, direction);
        else headers.set(name, value);
      }
    }
  };
}

function writeOf(action: Action, isPresent: boolean): 'overwrite' | 'add' | undefined {
  if (action === 'APPEND_IF_EXISTS_OR_ADD') return 'add';
  if (action === 'ADD_IF_ABSENT') return isPresent ? undefined : 'add';
  if (action === 'OVERWRITE_IF_EXISTS') return isPresent ? 'overwrite' : undefined;
  return 'overwrite';
}

/** Pseudo-headers and Host carry the message itself (header_parser.cc). */
function removable(name: string, pointer: string): string {
  return name.startsWith(':') || name === 'host'
    ? refuse(':-prefixed or host headers may not be removed', pointer)
    : name;
}

function compileAddition(option: JsonObject, pointer: string): Addition {
  const header = object(option, 'header') ?? {};
  const name = text(header, 'key').toLowerCase();
  if (name.startsWith(':') || name === 'host') return refuse(':-prefixed or host headers may not be modified', pointer);
  const format = text(header, 'value');
  return {
    name,
    value: isConstant(format) ? () => format : compileFormat(format, `${pointer}/header/value`, ''),
    action: actionOf(option),
    keepEmpty: flag(option, 'keepEmptyValue') ?? false,
  };
}

/** The older `append: false` means overwrite, and wins over the default of appendAction. */
function actionOf(option: JsonObject): Action {
  const action = field(option, 'appendAction');
  if (typeof action === 'string') return action as Action;
  return flag(option, 'append') === false ? 'OVERWRITE_IF_EXISTS_OR_ADD' : 'APPEND_IF_EXISTS_OR_ADD';
}
