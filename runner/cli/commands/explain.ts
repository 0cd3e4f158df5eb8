import { ProblemError } from '../../../mesh/problem.ts';
import { explanationOf } from '../../explain/explain.ts';
import { ask } from '../../explain/session.ts';
import { explanationLines, loggedLines } from '../../explain/text.ts';
import { CommandError, exitCodes } from '../../fail.ts';
import type { Deps } from '../deps.ts';
import { loadInput, type XdsInput } from '../xds-input.ts';
import type { XdsIo } from '../xds-world.ts';

export interface ExplainOptions {
  /** Manifests, folders of them, `-`; later documents count as younger. Either these or a lab. */
  file?: readonly string[];
  lab?: string;
  on?: string;
  from: string;
  url: string;
  method: string;
  header?: { [name: string]: string };
  body?: string;
  meshConfig?: string;
  seed: number;
  json?: boolean;
}

/** Sends one request through a mesh, of files or of a lab, and prints what happened to it. Throws CommandErrors (2, 3). */
export async function explainCommand(
  options: ExplainOptions,
  given: { io: XdsIo; columns: number; deps: Deps },
): Promise<void> {
  const { file, lab, on } = options;
  if (lab !== undefined && file) throw usage('`--file` and `--lab` are two meshes.', 'Leave one of them out.');
  if (lab !== undefined) return explainInLab({ ...options, lab }, given);
  if (!file) throw usage('there is no mesh to ask', 'name manifests with -f, or a lab with --lab');
  if (on !== undefined) throw usage('`--on` is for a lab; files are always simulated.', 'Name a lab with --lab.');
  return explainFiles({ ...options, file }, given);
}

const usage = (what: string, fix: string) => new CommandError(exitCodes.usage, { what, fix });

async function explainInLab(
  options: ExplainOptions & { lab: string },
  { io, columns, deps }: { io: XdsIo; columns: number; deps: Deps },
): Promise<void> {
  const { lab, on = 'sim', from, seed, url, method, header: headers = {}, body } = options;
  const { explainLab } = await import('../explain-lab.ts');
  const request = { url, method: method.toUpperCase(), headers, ...(body !== undefined && { body }) };
  const { explanation, logged } = await explainLab({ lab, on, from, seed, request }, deps);
  const paint = io.terminal?.paint ?? ((_style, text) => text);
  const lines = [...explanationLines(explanation, { columns, paint }), ...(logged ? loggedLines(logged, paint) : [])];
  io.out(options.json ? `${JSON.stringify({ ...explanation, logged }, null, 2)}\n` : `${lines.join('\n')}\n`);
}

async function explainFiles(
  options: ExplainOptions & { file: readonly string[] },
  { io, columns }: { io: XdsIo; columns: number },
): Promise<void> {
  const input = await loadInput(options, io);
  const { url, method, header: headers = {}, body } = options;
  const request = { url, method: method.toUpperCase(), headers, ...(body !== undefined && { body }) };
  const { trace, world, sender, notes } = await asked(options, input, request);
  for (const note of notes) io.problem(input.sources.placed(note));
  const explanation = explanationOf({ trace, world, sender, headers, locate: (o) => input.sources.locate(o) });
  const paint = io.terminal?.paint ?? ((_style, text) => text);
  io.out(
    options.json
      ? `${JSON.stringify({ ...explanation, events: trace.events }, null, 2)}\n`
      : `${explanationLines(explanation, { columns, paint }).join('\n')}\n`,
  );
}

/** What the mesh refuses is wrong input; its objects are placed in the files. */
async function asked({ from, seed }: ExplainOptions, input: XdsInput, request: Parameters<typeof ask>[0]['request']) {
  try {
    return await ask({ objects: input.objects, from, request, seed, meshConfig: input.snapshot.mesh });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    const [first = { what: error.message }, ...rest] = error.problems.map((p) => input.sources.placed(p));
    throw new CommandError(exitCodes.usage, first, ...rest);
  }
}
