import { isObject, type Json } from '../../mesh/json.ts';

/** What a JSON pointer leads to from `root`, and how people call it: filters and extensions by the ends of their names, without `typedConfig`. */
export function describePart(root: Json | undefined, pointer: string): { name: string; value: Json | undefined } {
  let value = root;
  let name = '';
  for (const part of pointer.split('/').slice(1).map(unescaped)) {
    const inList = Array.isArray(value);
    value = Array.isArray(value) ? value[Number(part)] : isObject(value) ? value[part] : undefined;
    const filter = inList && /(^|\.)(httpF|f)ilters$/.test(name) && isObject(value) ? value.name : undefined;
    if (typeof filter === 'string') name = name.replace(/(httpF|f)ilters$/, filter.split('.').at(-1) ?? filter);
    else if (inList) name += `[${part}]`;
    else if (part.startsWith('envoy.')) name = name.replace(/[^.]*$/, part.split('.').at(-1) ?? part);
    else if (/[.[\]]/.test(part)) name += `["${part}"]`;
    else if (part !== 'typedConfig') name += name === '' ? part : `.${part}`;
  }
  return { name, value };
}

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
