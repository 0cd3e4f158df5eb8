import type { HeaderList } from './header-list.ts';

/** A message body. A string stands for its UTF-8 bytes. */
export type Body = string | Uint8Array;

/** One request inside the mesh. Method, path, authority and scheme are the pseudo-headers of `headers`. */
export interface HttpRequest {
  headers: HeaderList;
  body: Body;
  /** Travels with the request for traces; never on the wire. */
  tag?: unknown;
  /** Proxies passed so far, to find loops. */
  hops?: number;
}

/** One response. `status` stands for `:status`, which is not among `headers`. */
export interface HttpResponse {
  status: number;
  headers: HeaderList;
  body: Body;
  trailers?: HeaderList;
  /** Flags and details of the proxy that decided, for observations; never on the wire. */
  decided?: { node: string; flags: string; details: string };
}

/** Bytes of a body on the wire. */
export function bodyLength(body: Body): number {
  if (typeof body !== 'string') return body.length;
  let bytes = body.length;
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if (code > 0x7f) bytes += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
