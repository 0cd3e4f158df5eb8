import type { HcmConfig } from './config.ts';

const suspicious = /%|\/\.|\/\/|\\/;
const unreserved = /[A-Za-z0-9\-._~]/;

/** The path as routes see it, or undefined when it must be refused (400, path_normalization_failed). The query is left alone. */
export function normalizePath(path: string, config: HcmConfig): string | undefined {
  if (!config.normalizePath && !config.mergeSlashes) return path;
  if (!suspicious.test(path)) return path;
  const end = path.search(/[?#]/);
  const [bare, rest] = end < 0 ? [path, ''] : [path.slice(0, end), path.slice(end)];
  let result: string | undefined = bare;
  if (config.escapedSlashes === 'REJECT_REQUEST' && /%2f|%5c/i.test(bare)) return undefined;
  if (config.escapedSlashes.startsWith('UNESCAPE')) result = result.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
  if (config.normalizePath) result = canonical(result);
  if (config.mergeSlashes) result = result?.replace(/\/{2,}/g, '/');
  return result === undefined ? undefined : result + rest;
}

/** RFC 3986, 6.2.2, as Chromium's canonicalisation does it: backslashes, escapes of unreserved characters, dot segments. */
function canonical(path: string): string | undefined {
  const unescaped = path.replaceAll('\\', '/').replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16));
    return unreserved.test(char) ? char : escaped;
  });
  if (/%00/.test(unescaped)) return undefined;
  const out: string[] = [];
  const segments = unescaped.split('/').slice(1);
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === '..') out.pop();
    if (segment === '.' || segment === '..') {
      if (isLast) out.push('');
    } else out.push(segment);
  }
  return `/${out.join('/')}`;
}
