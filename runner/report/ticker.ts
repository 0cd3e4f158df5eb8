import type { Writable } from 'node:stream';
import yoctoSpinner from 'yocto-spinner';
import { duration } from './duration.ts';

/** A line that says what is being waited for, and for how long; erased before anything else is written. */
export interface Ticker {
  show(text: string): void;
  clear(): void;
}

export const silentTicker: Ticker = { show: () => undefined, clear: () => undefined };

/** Signals are left to the command: the spinner must not end the process before the mesh is cleaned up. */
export function createTicker(stream: Writable): Ticker {
  const spinner = yoctoSpinner({ stream, handleSignals: false });
  let timer: NodeJS.Timeout | undefined;
  let label = '';
  let since = 0;
  const draw = () => {
    spinner.text = `${label} (${duration(performance.now() - since)})`;
  };
  return {
    show(text) {
      if (text !== label || timer === undefined) since = performance.now();
      label = text;
      draw();
      timer ??= setInterval(draw, 100).unref();
      if (!spinner.isSpinning) spinner.start();
    },
    clear() {
      clearInterval(timer);
      timer = undefined;
      if (spinner.isSpinning) spinner.stop();
    },
  };
}
