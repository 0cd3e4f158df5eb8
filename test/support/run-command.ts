import type { Deps } from '../../runner/cli/deps.ts';
import { main } from '../../runner/cli/main.ts';
import type { Place } from '../../runner/place/place.ts';
import { repository, testCatalogue } from './labs.ts';

export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process, on the catalogue of the tests, with the places given; nothing of the machine is touched but through `deps`. */
export async function runCommand(
  argv: readonly string[],
  options: { places?: readonly Place[]; deps?: Partial<Deps> } = {},
): Promise<Ended> {
  const written = { out: '', err: '' };
  const output = (name: 'out' | 'err') => ({
    write: (text: string) => {
      written[name] += text;
    },
    color: false,
    columns: 100,
  });
  let now = 0;
  const places = Object.fromEntries(
    (options.places ?? []).map((place) => [
      place.name,
      { create: async () => place, describe: async () => 'Envoy 9.9.9 of a test' },
    ]),
  );
  const code = await main(argv, {
    out: output('out'),
    err: output('err'),
    env: {},
    cwd: repository,
    root: testCatalogue,
    version: '0.0.0-test',
    signal: new AbortController().signal,
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
    date: () => new Date(0),
    tidy: async () => [],
    places,
    ...options.deps,
  });
  return { code, ...written };
}
