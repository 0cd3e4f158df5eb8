import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { repository } from './labs.ts';

/** Kilobytes that a page loads for a file of the repository and all that it imports, with gzip; `node:` is an error. */
export async function zippedKb(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [join(repository, entry)],
    ...{ bundle: true, write: false, minify: true, format: 'esm', platform: 'browser' },
  });
  return gzipSync(outputFiles[0]?.contents ?? '').length / 1024;
}
