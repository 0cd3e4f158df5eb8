import { isObject, type Json } from '../../mesh/json.ts';

/** The value that a pointer leads to. */
export function valueAt(root: unknown, pointer: string): Json | undefined {
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Array.isArray(value) ? value[Number(key)] : isObject(value) ? value[key] : undefined;
  }
  return value as Json | undefined;
}
