import { z } from 'zod';
import { atLeastOne, duration, percent } from './units.ts';

/** What is expected of answers (`expect`): of each one, or of all together (`share`). */

/** Why a call got no HTTP answer; the same words as ErrorKind in runner/observe (kept equal by a test there). */
export const errorKinds = [
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EPIPE',
  'EOF',
  'TLS',
  'ABORTED',
  'OTHER',
] as const;

/** A JavaScript regular expression (dialect `u`); refused when it does not compile. */
const pattern = z.string().refine(
  (text) => {
    try {
      new RegExp(text, 'u');
      return true;
    } catch {
      return false;
    }
  },
  { message: 'is not a regular expression' },
);

export const statusExpect = z.int().min(100).max(599).describe('The HTTP status of the answer.');

export const errorExpect = z
  .enum(errorKinds)
  .describe('The call gets no HTTP answer but this error, e.g. ECONNRESET from a STRICT workload.');

export const latencyExpect = z
  .strictObject({
    atLeast: duration.optional().describe('The answer takes no less. Fixed delays are lower bounds.'),
    atMost: duration.optional().describe('The answer takes no more.'),
  })
  .superRefine(atLeastOne(['atLeast', 'atMost']))
  .describe('Time from the first byte sent to the last byte received, measured at the client.');

const textRule = {
  equals: z.string().optional().describe('It is exactly this text.'),
  contains: z.string().optional().describe('This text occurs in it.'),
  lacks: z.string().optional().describe('This text does not occur in it.'),
  matches: pattern.optional().describe('This regular expression matches somewhere in it.'),
};

export const bodyExpect = z
  .strictObject(textRule)
  .superRefine(atLeastOne(Object.keys(textRule)))
  .describe('What the body of the answer says; all given rules hold.');

const headerRule = z
  .strictObject({ ...textRule, absent: z.literal(true).optional().describe('The header is not there.') })
  .superRefine(atLeastOne([...Object.keys(textRule), 'absent']))
  .describe('What the value of the header says; all given rules hold.');

export const headerExpect = z
  .record(z.string().regex(/^[a-z0-9-]+$/, 'is not a header name in lower case'), headerRule)
  .describe('Headers of the answer by name in lower case.');

export const versionExpect = z
  .string()
  .describe('The version that answers, read from the answer by the identify rules of the app.');

export const flagsExpect = z
  .string()
  .regex(/^[A-Z]+(,[A-Z]+)*$/, 'is not a list of response flags such as NC or URX,UF')
  .describe('Response flags of the deciding proxy, e.g. NC or URX,UF; undecided where a place cannot know them.');

export const ofExpect = z
  .strictObject({
    atLeast: percent.optional().describe('At least this part of the answers.'),
    atMost: percent.optional().describe('At most this part of the answers.'),
    min: z.int().min(0).optional().describe('At least so many answers.'),
    max: z.int().min(0).optional().describe('At most so many answers.'),
  })
  .superRefine(atLeastOne(['atLeast', 'atMost', 'min', 'max']))
  .describe('How many of the answers: all of them when absent. A fact of these calls, not a claim about a rate.');

export const shareExpect = z
  .strictObject({
    by: z.enum(['version', 'pod', 'status']).describe('What the answers are told apart by.'),
    of: z
      .record(z.string(), z.number().min(0))
      .describe('Expected shares, relative to their sum. What is not named here must not occur.'),
    deviation: percent
      .optional()
      .describe('The smallest wrong share that must be found, in points. Default: 5 points or half of the share.'),
    alpha: z.number().gt(0).max(0.01).default(1e-6).describe('Probability that a right share fails.'),
    beta: z.number().gt(0).max(0.001).default(1e-6).describe('Probability that a wrong share passes.'),
  })
  .refine((share) => Object.values(share.of).some((weight) => weight > 0), {
    message: 'has no share above 0',
    path: ['of'],
  })
  .describe('The part of the answers that each version, pod or status has, by a test that states its errors.');

export const responseParts = {
  status: statusExpect.optional(),
  error: errorExpect.optional(),
  latency: latencyExpect.optional(),
  header: headerExpect.optional(),
  body: bodyExpect.optional(),
  version: versionExpect.optional(),
  flags: flagsExpect.optional(),
};

/** What each answer must say: every given part holds for the same answer. Rows, symptoms and `expect` share it. */
export const responseExpect = z
  .strictObject({ ...responseParts, of: ofExpect.optional() })
  .superRefine(atLeastOne(Object.keys(responseParts)))
  .describe('What one answer says; every part given holds for the same answer.');

export const expect = z
  .strictObject({ ...responseParts, of: ofExpect.optional(), share: shareExpect.optional() })
  .superRefine(atLeastOne([...Object.keys(responseParts), 'share']))
  .refine((e) => !e.share || Object.keys(e).every((key) => key === 'share' || e[key as keyof typeof e] === undefined), {
    message: '`share` stands alone: make the other expectations a check of their own',
  })
  .describe('What the answers of the traffic say: parts of each answer, or the share of all.');

export type ResponseExpect = z.infer<typeof responseExpect>;
export type ShareExpect = z.infer<typeof shareExpect>;
export type OfExpect = z.infer<typeof ofExpect>;
export type Expect = z.infer<typeof expect>;
