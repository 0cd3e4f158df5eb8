import type { ExitCode } from '../fail.ts';
import type { Deps } from './deps.ts';
import { explain } from './problems.ts';
import { createProgram } from './program.ts';

/** Runs one command line and returns its exit code; writes only through `deps`, never ends the process. */
export async function main(argv: readonly string[], deps: Deps): Promise<ExitCode> {
  let code: ExitCode = 0;
  const program = createProgram(deps, (outcome) => {
    code = outcome;
  });
  try {
    await program.parseAsync(argv.map(explicitProve), { from: 'user' });
    return code;
  } catch (error) {
    return explain(error, deps);
  }
}

/** Without this, commander reads the lab in `run --prove canary` as the value of the flag. */
const explicitProve = (arg: string) => (arg === '--prove' ? '--prove=full' : arg);

/** The command line as the shim starts it: real streams, real signals, the exit code set on the process. */
export async function runProcess(argv: readonly string[]): Promise<void> {
  const { processDeps } = await import('./process-deps.ts');
  const code = await main(argv, await processDeps());
  process.exitCode = code;
  // Nothing should be left to wait for. If something is, the verdict is out and the user must not wait with us.
  setTimeout(() => process.exit(code), 2000).unref();
}
