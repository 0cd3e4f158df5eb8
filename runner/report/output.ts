import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

/** Where text goes. `terminal` is set where a person watches: progress may be drawn there and erased again. */
export interface Output {
  write(text: string): void;
  readonly color: boolean;
  readonly columns: number;
  readonly terminal?: Writable;
}

export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Colours only where they are seen: https://no-color.org, and a terminal that is not `dumb`. */
export const paintFor = (output: Output): Paint =>
  output.color ? (style, text) => styleText(style, text, { validateStream: false }) : (_, text) => text;

type Stream = Writable & { isTTY?: boolean; columns?: number };

export function outputOf(stream: Stream, env: { [name: string]: string | undefined }): Output {
  const interactive = stream.isTTY === true && env.TERM !== 'dumb' && !env.CI;
  const wanted = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  return {
    write: (text) => void stream.write(text),
    color: !env.NO_COLOR && (wanted || (stream.isTTY === true && env.TERM !== 'dumb')),
    get columns() {
      // A terminal that does not know its width says 0.
      return stream.columns || 100;
    },
    ...(interactive && { terminal: stream }),
  };
}
