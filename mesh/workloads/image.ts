/** An image reference without its registry: `docker.io/mccutchen/go-httpbin:v2.15.0` is mccutchen/go-httpbin, v2.15.0. */
export interface ImageName {
  name: string;
  tag: string;
}

/** Reads a reference as the container runtime does (github.com/distribution/reference): the first part is a registry only with a dot, a colon, or as localhost. */
export function parseImage(reference: string): ImageName {
  const [withoutDigest = ''] = reference.split('@');
  const parts = withoutDigest.split('/');
  const [first = ''] = parts;
  if (parts.length > 1 && (/[.:]/.test(first) || first === 'localhost')) parts.shift();
  const last = parts.pop() ?? '';
  const [base = '', tag = 'latest'] = last.split(':');
  const path = parts[0] === 'library' ? parts.slice(1) : parts;
  return { name: [...path, base].join('/'), tag };
}
