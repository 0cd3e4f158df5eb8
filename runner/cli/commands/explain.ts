import { ProblemError } from '../../../mesh/problem.ts';
import { explanationOf } from '../../explain/explain.ts';
import { ask } from '../../explain/session.ts';
import { explanationLines } from '../../explain/text.ts';
import { CommandError, exitCodes } from '../../fail.ts';
import { loadInput, type XdsInput } from '../xds-input.ts';
import type { XdsIo } from '../xds-world.ts';

export interface ExplainOptions {
  /** Manifests, folders of them, `-`; later documents count as younger. */
  file: readonly string[];
  from: string;
  url: string;
  method: string;
  header?: { [name: string]: string };
  body?: string;
  meshConfig?: string;
  seed: number;
  json?: boolean;
}

/** Sends one request through a simulated mesh of the files and prints what happened to it. Throws CommandErrors (2). */
export async function explainCommand(
  options: ExplainOptions,
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
