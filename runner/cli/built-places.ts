import type { PlaceSource } from './deps.ts';
import { envoyWords } from './envoy-words.ts';

/** Every place of this version; a place is loaded only when it is wanted. */
export const builtPlaces = (env: NodeJS.ProcessEnv): { readonly [name: string]: PlaceSource } => ({
  sim: {
    create: async () => (await import('../place/sim/sim.ts')).simPlace,
    describe: async () => 'the interpreter of Envoy’s configuration under virtual time, no process',
  },
  local: {
    create: async () => (await import('../place/local/local.ts')).localPlace({ env, download: true }),
    describe: async () => `real ${(await envoyWords(env)).what}`,
  },
});
