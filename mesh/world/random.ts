/** A source of randomness; always injected, seeded from the run's seed. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
}

/** Mulberry32: 32 bits of state, good enough for choices in labs, the same on every engine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = state;
      t = Math.imul(t ^ (t >>> 15), t | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    },
  };
}
