import { mkdir, rm, writeFile } from 'node:fs/promises';
import { freemem, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../mesh/host/binary/cache.ts';
import { fsProblem } from '../../mesh/host/fs-problem.ts';
import { openRunFolder } from '../../mesh/host/run/run-folder.ts';
import { ProblemError } from '../../mesh/problem.ts';
import { bytes } from '../report/bytes.ts';
import type { Finding } from '../report/finding.ts';
import { catalogue } from './catalogue.ts';
import type { Deps } from './deps.ts';
import { envoyWords } from './envoy-words.ts';
import { folderSize, runFolders } from './leftovers.ts';

type Env = NodeJS.ProcessEnv;

/** Looks at everything that labs need; starts nothing, and changes nothing that is there. */
export async function diagnose(deps: Deps): Promise<Finding[]> {
  const env = deps.env as Env;
  return [
    { level: 'ok', what: `Node ${process.versions.node}` },
    system(),
    await envoyFinding(env),
    await cacheFinding(env),
    await runFolderFinding(env),
    await leftoverFinding(env),
    await labsFinding(deps.root),
  ];
}

/** Envoy, Unix sockets and /proc-like facts are used as Linux and macOS have them. */
function system(): Finding {
  const memory = `${bytes(freemem())} of ${bytes(totalmem())} memory free`;
  if (process.platform === 'win32')
    return { level: 'fail', what: 'Windows: real Envoys do not run here', fix: 'Use mesh-labs inside WSL2.' };
  return { level: 'ok', what: `${process.platform} ${process.arch}, ${memory}` };
}

async function envoyFinding(env: Env): Promise<Finding> {
  const finding = await envoyWords(env);
  const ready = finding.level === 'ok' || finding.fix !== undefined;
  return ready ? finding : { ...finding, fix: '`mesh-labs run` fetches it.' };
}

async function cacheFinding(env: Env): Promise<Finding> {
  const folder = cacheFolder(env);
  const probe = join(folder, `.doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    return { level: 'ok', what: `Cache ${folder} can be written; it holds ${bytes(await folderSize(folder))}` };
  } catch (error) {
    const work = {
      doing: 'write to the cache',
      path: folder,
      fix: 'Set MESH_LABS_CACHE to a folder that you can write.',
    };
    const problem = fsProblem(error, work);
    if (!problem) throw error;
    return { level: 'fail', what: `${problem.what} (${folder})`, fix: work.fix };
  }
}

async function runFolderFinding(env: Env): Promise<Finding> {
  try {
    await (await openRunFolder({ env })).close();
    return { level: 'ok', what: `Run folders can be made (temporary folder ${tmpdir()})` };
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [problem] = error.problems;
    return { level: 'fail', what: problem?.what ?? error.message, fix: problem?.fix ?? 'Set TMPDIR to a short path.' };
  }
}

async function leftoverFinding(env: Env): Promise<Finding> {
  const { living, left } = await runFolders(env);
  const running = living.length === 0 ? '' : `; ${living.length} running now`;
  if (left.length === 0) return { level: 'ok', what: `Nothing is left of crashed runs${running}` };
  return { level: 'warn', what: `Left of crashed runs: ${left.join(', ')}${running}`, fix: '`mesh-labs clean`' };
}

async function labsFinding(root: string): Promise<Finding> {
  const { labs, problems } = await catalogue(root);
  if (problems.length === 0) return { level: 'ok', what: `${labs.length} labs` };
  return { level: 'fail', what: `${problems.length} problems in the catalogue`, fix: '`mesh-labs lint` names them.' };
}
