import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const built = join(import.meta.dirname, '../../dist/site');

/** Address of every page that was built, `/learn/mtls/`. */
export const pages = readdirSync(built, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('index.html'))
  .map((file) => `/${file.replace(/index\.html$/, '')}`)
  .sort();
