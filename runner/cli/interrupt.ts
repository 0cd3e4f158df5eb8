import { exitCodes } from '../fail.ts';
import type { Output } from '../report/output.ts';

/** npm and our own shim pass on a Ctrl-C that the terminal has delivered too; what comes this soon is the same one. */
const sameKeyMs = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Listening {
  process: Pick<NodeJS.Process, 'on' | 'exit'>;
  err: Output;
  /** Monotonic, milliseconds. */
  now(): number;
}

/** The first signal aborts, so that everything started is ended in order. The second leaves at once. */
export function abortOnSignals({ process, err, now }: Listening): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  const onSignal = (signal: string) => {
    if (first === undefined) {
      first = now();
      err.write('\nStopping: ending everything that was started. Press Ctrl-C again to leave at once.\n');
      controller.abort(new Error(`Interrupted by ${signal}`));
    } else if (now() - first > sameKeyMs) {
      err.write('Left at once; `mesh-labs clean` ends what may still run.\n');
      process.exit(exitCodes.interrupted);
    }
  };
  for (const signal of signals) process.on(signal, onSignal);
  return controller.signal;
}
