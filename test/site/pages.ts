import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the built course lies; MESH_LABS_BUILT names another build. */
export const built = process.env.MESH_LABS_BUILT ?? join(import.meta.dirname, '../../dist/site');

/** Address of every page that was built, `/learn/mtls/`. */
export const builtPages = (): string[] =>
  readdirSync(built, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('index.html'))
    .map((file) => `/${file.replace(/index\.html$/, '')}`)
    .sort();

/** A page of each type, by the type's name: what Lighthouse measures and what is looked at as pictures. */
export const typical = {
  start: '/',
  map: '/learn/',
  lesson: '/learn/splitting-traffic/',
  labs: '/labs/',
  lab: '/labs/canary/',
  catalogue: '/reference/kinds/',
  kind: '/reference/kinds/virtual-service/',
  glossary: '/reference/glossary/',
  myths: '/myths/',
  missing: '/404.html',
} as const;
