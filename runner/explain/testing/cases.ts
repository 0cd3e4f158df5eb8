import { authorizationCases } from './cases/authorization.ts';
import { matchingCases } from './cases/matching.ts';
import { precedenceCases } from './cases/precedence.ts';
import { resilienceCases } from './cases/resilience.ts';
import { securityCases } from './cases/security.ts';
import { tokenCases } from './cases/tokens.ts';
import { upstreamCases } from './cases/upstream.ts';
import type { Case } from './mesh.ts';

/** Every case of explain, by subject. */
export const subjects: readonly (readonly [string, readonly Case[]])[] = [
  ['matching', matchingCases],
  ['precedence', precedenceCases],
  ['upstream', upstreamCases],
  ['resilience', resilienceCases],
  ['security', securityCases],
  ['authorization', authorizationCases],
  ['tokens', tokenCases],
];
