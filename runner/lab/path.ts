import { isObject, type Json } from '../../mesh/json.ts';
import type { FieldPath } from './lab.ts';

/**
 * Reads a dotted path as Kubernetes writes it in errors (`spec.http[0].route[1].weight`) and as labs write it; a key with
 * dots stands in brackets, with or without quotes: `metadata.labels["app.kubernetes.io/name"]`.
 */
export function parsePath(text: string): FieldPath {
  const parts = text.matchAll(/\[\s*(?:"([^"]*)"|'([^']*)'|([^\]]*))\s*\]|([^.[\]]+)/g);
  return [...parts].map(([, double, single, bare, key]) => {
    const part = double ?? single ?? bare ?? key ?? '';
    return bare !== undefined && /^\d+$/.test(bare) ? Number(bare) : part;
  });
}

/** Writes a path so that `parsePath` reads it back. */
export function formatPath(path: FieldPath): string {
  return path
    .map((part, i) => {
      if (typeof part === 'number') return `[${part}]`;
      return /[.[\]]/.test(part) ? `["${part}"]` : i === 0 ? part : `.${part}`;
    })
    .join('');
}

/** The value at a path; undefined where nothing is there. */
export function valueAt(value: unknown, path: FieldPath): Json | undefined {
  const found = path.reduce<unknown>((at, part) => {
    if (Array.isArray(at)) return typeof part === 'number' ? at[part] : undefined;
    return isObject(at) ? at[part] : undefined;
  }, value);
  return found as Json | undefined;
}
