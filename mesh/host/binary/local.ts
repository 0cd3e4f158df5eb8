import { resolve } from 'node:path';
import type { Problem } from '../../problem.ts';
import { CommandFailed, findExecutable } from '../exec.ts';
import { cachedEnvoy, installFolder } from './cache.ts';
import type { FoundEnvoy, Outcome, SearchContext, SourceName } from './source.ts';
import { envoyVersion, versionWarning } from './version.ts';

/** The sources that need no network, in the order in which they are asked. */
export const localSources: readonly ((context: SearchContext) => Promise<Outcome>)[] = [
  fromVariable,
  fromPath,
  fromCache,
];

/** A variable that names something unusable is an error: silently taking another Envoy would not be what was asked for. */
async function fromVariable(context: SearchContext): Promise<Outcome> {
  const value = context.env.MESH_LABS_ENVOY;
  const source = 'MESH_LABS_ENVOY';
  if (!value) return { looked: [{ source, where: source, outcome: 'not set' }] };
  const path = resolve(value);
  const checked = await check(path, source, context);
  if ('found' in checked) return checked;
  const problem: Problem = {
    what: `MESH_LABS_ENVOY names no usable Envoy: ${checked.reason}`,
    where: { file: path },
    fix: `set it to an Envoy binary (${context.lock.version}), or unset it`,
  };
  return { looked: [{ source, where: path, outcome: checked.reason }], problems: [problem] };
}

async function fromPath(context: SearchContext): Promise<Outcome> {
  const path = await findExecutable('envoy', context.env.PATH);
  if (!path) return { looked: [{ source: 'PATH', where: 'PATH', outcome: 'no envoy' }] };
  const checked = await check(path, 'PATH', context);
  return 'found' in checked ? checked : { looked: [{ source: 'PATH', where: path, outcome: checked.reason }] };
}

async function fromCache(context: SearchContext): Promise<Outcome> {
  const cached = await cachedEnvoy(context);
  if ('path' in cached) return { found: { path: cached.path, version: context.lock.version, source: 'cache' } };
  return { looked: [{ source: 'cache', where: installFolder(context), outcome: cached.reason }] };
}

async function check(
  path: string,
  source: SourceName,
  context: SearchContext,
): Promise<{ found: FoundEnvoy } | { reason: string }> {
  try {
    const version = await envoyVersion(path, context.signal);
    if (version === undefined) return { reason: 'its --version does not read like Envoy' };
    const warning = versionWarning(version, context.lock.version);
    return { found: { path, version, source, ...(warning && { warning }) } };
  } catch (error) {
    if (error instanceof CommandFailed) return { reason: error.message };
    throw error;
  }
}
