/**
 * A gzip file (RFC 1952) of stored blocks (RFC 1951, 3.2.4): no smaller, but equal bytes on every engine and no
 * asynchronous compressor, which virtual time could not wait for.
 */
export function gzip(data: Uint8Array): Uint8Array {
  const header = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
  const blocks: number[] = [];
  for (let at = 0; at === 0 || at < data.length; at += 0xffff) {
    const block = data.subarray(at, at + 0xffff);
    const isLast = at + 0xffff >= data.length;
    blocks.push(isLast ? 1 : 0, ...le(block.length, 2), ...le(~block.length & 0xffff, 2), ...block);
  }
  return Uint8Array.from([...header, ...blocks, ...le(crc32(data), 4), ...le(data.length, 4)]);
}

const le = (n: number, bytes: number): number[] => Array.from({ length: bytes }, (_, i) => (n >>> (8 * i)) & 0xff);

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
