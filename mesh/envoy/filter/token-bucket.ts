/** A bucket of tokens that fills by itself as time goes. Times in milliseconds. */
export interface TokenBucket {
  max: number;
  /** Takes one token; false when there is none. */
  take(now: number): boolean;
  /** Whole tokens left. */
  left(now: number): number;
  /** Whole seconds until there is a token again, 0 when there is one. */
  wait(now: number): number;
}

/**
 * Starts full and fills continuously, not in steps (envoy source/common/common/token_bucket_impl.cc,
 * AtomicTokenBucketImpl, in use since 1.31).
 */
export function tokenBucket(setting: { max: number; perFill: number; fillMs: number }, start: number): TokenBucket {
  const { max, perFill, fillMs } = setting;
  let tokens = max;
  let last = start;
  const fill = (now: number): number => {
    tokens = Math.min(max, tokens + ((now - last) * perFill) / fillMs);
    last = now;
    return tokens;
  };
  return {
    max,
    take(now) {
      // A hair of tolerance: tenths of milliseconds do not add up to whole tokens in binary.
      if (fill(now) < 1 - 1e-9) return false;
      tokens -= 1;
      return true;
    },
    left: (now) => Math.floor(fill(now) + 1e-9),
    wait: (now) => Math.ceil((Math.max(0, 1 - fill(now)) * fillMs) / perFill / 1000 - 1e-9),
  };
}
