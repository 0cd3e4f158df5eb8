/**
 * The scheme of a URL as Go's net/url sees it (getScheme in net/url/url.go): `localhost:5000/x` has the scheme
 * `localhost`, `docker.io/x:tag` has none. `request`: what url.ParseRequestURI takes, an absolute URL or path.
 */
export function goUrl(text: string): { scheme: string; request: boolean; port: string } {
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1];
  const rest = scheme === undefined ? text : text.slice(scheme.length + 1);
  const authority = rest.startsWith('//') ? (rest.slice(2).split(/[/?#]/)[0] ?? '') : '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that are refused
  const broken = /[\u0000-\u0020\u007f]/.test(text) || /%(?![0-9a-fA-F]{2})/.test(rest);
  return {
    scheme: (scheme ?? '').toLowerCase(),
    request: rest.startsWith('/') && !broken,
    port: /:(\d*)$/.exec(authority)?.[1] ?? '',
  };
}
