import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What a generator makes: paths from the root of the repository, and what shall stand there. */
export interface Generated {
  path: string;
  text: string;
}
export interface Generator {
  files(): Promise<Generated[]>;
}

const root = resolve(import.meta.dirname, '../..');

/** One module per generator; each exports `files`. */
const generators = ['gen-schemas.ts', 'gen-lab-schema.ts'];

/** Paths whose text differs from what the generators make now. */
export async function stale(files: Generated[]): Promise<string[]> {
  return files.filter(({ path, text }) => read(path) !== text).map(({ path }) => path);
}

export async function generate(): Promise<Generated[]> {
  const present = generators.map((name) => join(import.meta.dirname, name)).filter((file) => existsSync(file));
  const made = await Promise.all(
    present.map(async (file) => ((await import(pathToFileURL(file).href)) as Generator).files()),
  );
  return made.flat();
}

function read(path: string): string | undefined {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function write({ path, text }: Generated): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

async function main(check: boolean): Promise<number> {
  const files = await generate();
  const changed = await stale(files);
  if (check && changed.length > 0) {
    console.error(
      `Generated files are out of date or were edited by hand:\n${changed.map((p) => `  ${p}`).join('\n')}`,
    );
    console.error('Run `npm run gen` and commit the result; change the generator in test/support, never its output.');
    return 1;
  }
  for (const file of files.filter((f) => changed.includes(f.path))) write(file);
  console.log(
    check ? `${files.length} generated files are up to date.` : `${changed.length} of ${files.length} files written.`,
  );
  return 0;
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv.includes('--check'));
