import type { Writable } from 'node:stream';
import yoctoSpinner from 'yocto-spinner';

/** A line that says what is being waited for, and for how long; erased before anything else is written. */
export interface Ticker {
  show(text: string): void;
  clear(): void;
}

export const silentTicker: Ticker = { show: () => undefined, clear: () => undefined };

/** Signals are left to the command: the spinner must not end the process before the mesh is cleaned up. */
export function createTicker(stream: Writable & { columns?: number }): Ticker {
  const spinner = yoctoSpinner({ stream, handleSignals: false });
  let timer: NodeJS.Timeout | undefined;
  let label = '';
  let since = 0;
  const draw = () => {
    const elapsed = ` ${((performance.now() - since) / 1000).toFixed(1)} s`;
    // One row only: sign, space, label, time.
    spinner.text = label.slice(0, Math.max(10, (stream.columns || 80) - elapsed.length - 3)) + elapsed;
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
