import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import type { AstroIntegration } from 'astro';

const brotli = promisify(brotliCompress);
const compressible = /\.(html|css|js|json|svg|xml|txt)$/;

async function compress(file: string): Promise<void> {
  const text = await readFile(file);
  if (text.length < 1024) return;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
  await writeFile(`${file}.br`, await brotli(text, { params }));
}

/** Writes a brotli twin beside each text file, which `mesh-labs site` serves: what travels is what the budgets count. */
export function compressedTwins(): AstroIntegration {
  return {
    name: 'mesh-labs-compressed-twins',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        const root = fileURLToPath(dir);
        const files = (await readdir(root, { recursive: true })).filter((name) => compressible.test(name));
        await Promise.all(files.map((name) => compress(join(root, name))));
      },
    },
  };
}
