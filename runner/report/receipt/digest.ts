import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

async function linesOf(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const line = async (file: string) =>
    `${sha256(await readFile(file))}  ${file.slice(root.length + 1).replaceAll('\\', '/')}`;
  return Promise.all(files.map(line));
}

/**
 * One digest over everything that a lab's verdict depends on in the catalogue: the files in its folder and in those of its apps, by content and
 * name (the text that sha256sum would print, sorted). Hexadecimal.
 *
 * @param root folder of the package
 */
export async function labDigest(
  root: string,
  lab: { folder: string; apps: readonly { name: string }[] },
): Promise<string> {
  const apps = lab.apps.map(({ name }) => `labs/_apps/${name}`);
  const lines = (await Promise.all([lab.folder, ...apps].map((folder) => linesOf(root, folder)))).flat();
  return sha256(`${lines.sort().join('\n')}\n`);
}
