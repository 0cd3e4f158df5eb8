// XXH64, seed 0 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md): what Envoy hashes keys and ring entries
// with (source/common/common/hash.h, HashUtil::xxHash64).

const mask = 0xffff_ffff_ffff_ffffn;
const [p1, p2, p3, p4, p5] = [
  0x9e37_79b1_85eb_ca87n,
  0xc2b2_ae3d_27d4_eb4fn,
  0x1656_67b1_9e37_79f9n,
  0x85eb_ca77_c2b2_ae63n,
  0x27d4_eb2f_1656_67c5n,
];

const rotate = (x: bigint, bits: bigint): bigint => ((x << bits) | (x >> (64n - bits))) & mask;
const round = (acc: bigint, lane: bigint): bigint => (rotate((acc + lane * p2) & mask, 31n) * p1) & mask;

export function xxHash64(text: string, seed = 0n): bigint {
  const bytes = new TextEncoder().encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let hash: bigint;
  if (bytes.length >= 32) {
    const lanes: [bigint, bigint, bigint, bigint] = [
      (seed + p1 + p2) & mask,
      (seed + p2) & mask,
      seed,
      (seed - p1) & mask,
    ];
    for (; at + 32 <= bytes.length; at += 32)
      for (const i of [0, 1, 2, 3] as const) lanes[i] = round(lanes[i], view.getBigUint64(at + 8 * i, true));
    hash = (rotate(lanes[0], 1n) + rotate(lanes[1], 7n) + rotate(lanes[2], 12n) + rotate(lanes[3], 18n)) & mask;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * p1 + p4) & mask;
  } else hash = (seed + p5) & mask;
  hash = (hash + BigInt(bytes.length)) & mask;
  return avalanche(tail(view, at, hash));
}

function tail(view: DataView, from: number, start: bigint): bigint {
  let [at, hash] = [from, start];
  for (; at + 8 <= view.byteLength; at += 8)
    hash = (rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4) & mask;
  if (at + 4 <= view.byteLength) {
    hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * p1) & mask), 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < view.byteLength; at++) hash = (rotate(hash ^ ((BigInt(view.getUint8(at)) * p5) & mask), 11n) * p1) & mask;
  return hash;
}

function avalanche(start: bigint): bigint {
  let hash = ((start ^ (start >> 33n)) * p2) & mask;
  hash = ((hash ^ (hash >> 29n)) * p3) & mask;
  return hash ^ (hash >> 32n);
}
