/** One value of DER (X.690): its tag, what it holds, and where the next begins. */
interface Der {
  tag: number;
  content: Uint8Array;
  rest: Uint8Array;
}

/** Undefined for bytes that are not DER. */
function readDer(bytes: Uint8Array): Der | undefined {
  const [tag, first] = bytes;
  if (tag === undefined || first === undefined) return undefined;
  const count = first < 0x80 ? 0 : first & 0x7f;
  if (count > 4 || first === 0x80) return undefined;
  let length = first < 0x80 ? first : 0;
  for (const byte of bytes.subarray(2, 2 + count)) length = length * 256 + byte;
  const start = 2 + count;
  if (start + length > bytes.length) return undefined;
  return { tag, content: bytes.subarray(start, start + length), rest: bytes.subarray(start + length) };
}

/** The values inside a SEQUENCE; undefined for anything else. */
export function sequence(bytes: Uint8Array): { tag: number; content: Uint8Array }[] | undefined {
  const outer = readDer(bytes);
  if (outer?.tag !== 0x30) return undefined;
  const out: Der[] = [];
  for (let rest = outer.content; rest.length > 0; ) {
    const next = readDer(rest);
    if (!next) return undefined;
    out.push(next);
    rest = next.rest;
  }
  return out;
}

/** PEM blocks by label (RFC 7468), decoded; blocks that are not base64 are left out. */
export function pemBlocks(text: string): { label: string; der: Uint8Array }[] {
  return [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g)].flatMap(
    ([, label = '', body = '']) => {
      try {
        return [{ label, der: Uint8Array.from(atob(body.replace(/\s/g, '')), (c) => c.charCodeAt(0)) }];
      } catch {
        return [];
      }
    },
  );
}
