import { bytes } from '../report/bytes.ts';

/** Which Envoy would run here, as the first line of a run and `doctor` say it. */
export async function envoyWords(
  env: NodeJS.ProcessEnv,
): Promise<{ level: 'ok' | 'warn' | 'fail'; what: string; fix?: string }> {
  const { peekEnvoy } = await import('../../mesh/host/binary/find.ts');
  const { versions } = await import('../../mesh/versions.ts');
  const { found, fetch, problems, looked } = await peekEnvoy({ env });
  if (found) {
    const what = `Envoy ${found.version} from ${found.source === 'cache' ? 'the cache' : `${found.source} (${found.path})`}`;
    return found.warning ? { level: 'warn', what, fix: found.warning } : { level: 'ok', what };
  }
  if (problems[0]) return { level: 'fail', what: problems[0].what, ...(problems[0].fix && { fix: problems[0].fix }) };
  if (fetch)
    return {
      level: 'warn',
      what: `Envoy ${versions.envoy}, to be fetched first with ${fetch.with} (${bytes(fetch.size)} into ${fetch.folder}; to refuse: MESH_LABS_OFFLINE=1)`,
    };
  const tried = looked.map(({ where, outcome }) => `${where}: ${outcome}`).join('; ');
  return {
    level: 'fail',
    what: `Envoy ${versions.envoy} cannot be had (${tried})`,
    fix: 'Set MESH_LABS_ENVOY to an Envoy.',
  };
}
