import { constants } from 'node:os';
import type { Output } from '../report/output.ts';

/** npm and our own shim pass on a Ctrl-C that the terminal has delivered too; what comes this soon is the same one. */
const sameKeyMs = 500;

/**
 * First SIGINT, SIGTERM or SIGHUP: abort, so that everything started is ended in order. Second: leave at once; what is
 * left then is ended by the next command.
 */
export function abortOnSignals(process: NodeJS.Process, err: Output): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    if (first === undefined) {
      first = performance.now();
      err.write('\nStopping: ending everything that was started. Press Ctrl-C again to leave at once.\n');
      controller.abort(new Error(`Interrupted by ${signal}`));
    } else if (performance.now() - first > sameKeyMs) {
      err.write('Left at once. `mesh-labs clean` ends what may still run.\n');
      process.exit(128 + constants.signals.SIGINT);
    }
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  return controller.signal;
}
