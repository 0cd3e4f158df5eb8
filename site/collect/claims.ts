import type { ProofName } from './proof.ts';

export interface NamedClaim {
  file: string;
  line: number;
  proof: ProofName;
}

const claim = /<Claim\s([^>]*)>/g;

/** All claims of a lesson's text. */
export function claimsOf(file: string, text: string): NamedClaim[] {
  return [...text.matchAll(claim)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    proof: Object.fromEntries(
      [...(match[1] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    ),
  }));
}
