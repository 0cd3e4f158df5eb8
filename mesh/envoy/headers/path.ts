/** Fields of HttpConnectionManager; a connection manager's own record of settings fits. */
export interface PathSetting {
  normalizePath: boolean;
  mergeSlashes: boolean;
  /** pathWithEscapedSlashesAction. */
  escapedSlashes: string;
}

const suspicious = /%|\/\.|\/\/|\\|["<>^`{|}]/;
const unreserved = /[A-Za-z0-9\-._~]/;

/**
 * The path as routes see it; undefined when it must be refused (400, path_normalization_failed). The query is left
 * alone. A fragment is refused even without normalisation. Every rule measured on Envoy 1.40.
 */
export function normalizePath(path: string, setting: PathSetting): string | undefined {
  if (path.includes('#')) return undefined;
  if (!setting.normalizePath && !setting.mergeSlashes) return path;
  const end = path.indexOf('?');
  const bare = end < 0 ? path : path.slice(0, end);
  if (!suspicious.test(bare)) return path;
  const result = normalizeBare(bare, setting);
  return result === undefined || end < 0 ? result : result + path.slice(end);
}

/** Escaped slashes first, then RFC 3986, then runs of slashes (conn_manager_utility.cc, maybeNormalizePath). */
function normalizeBare(bare: string, setting: PathSetting): string | undefined {
  let result = bare;
  if (setting.escapedSlashes === 'REJECT_REQUEST' && /%2f|%5c/i.test(bare)) return undefined;
  if (setting.escapedSlashes.startsWith('UNESCAPE')) result = result.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
  if (setting.normalizePath) {
    if (result.includes('%00')) return undefined;
    result = canonical(result);
  }
  return setting.mergeSlashes ? result.replace(/\/{2,}/g, '/') : result;
}

/** As the URL library of Chromium canonicalises paths (envoy source/common/http/path_utility.cc). */
function canonical(path: string): string {
  const text = path
    .replaceAll('\\', '/')
    .replace(/["<>^`{|}]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replace(/%([0-9A-Fa-f]{2})/g, (escaped, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16));
      return unreserved.test(char) ? char : escaped;
    });
  const out: string[] = [];
  const segments = text.split('/').slice(1);
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === '..') out.pop();
    if (segment !== '.' && segment !== '..') out.push(segment);
    else if (isLast) out.push('');
  }
  return `/${out.join('/')}`;
}
