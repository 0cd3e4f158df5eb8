import { z } from 'zod';

/** What a key or a truth rests on: a lab's check, a golden scenario of istiod, or a case of `explain`. */
export const proofName = z.union([
  z.strictObject({ lab: z.string(), check: z.string() }),
  z.strictObject({ golden: z.string() }),
  z.strictObject({ explain: z.string() }),
]);
