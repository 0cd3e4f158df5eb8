import type { Place } from '../place/place.ts';
import type { Output } from '../report/output.ts';

/** Everything a command meets of the outside world, so that tests can put other things in its place. */
export interface Deps {
  out: Output;
  err: Output;
  env: { readonly [name: string]: string | undefined };
  /** Folder that relative paths in flags start from. */
  cwd: string;
  /** Root of the package: labs/, package.json. */
  root: string;
  /** Version of mesh-labs. */
  version: string;
  /** Aborted by the first Ctrl-C or SIGTERM. */
  signal: AbortSignal;
  /** Monotonic, milliseconds. */
  now: () => number;
  /** Rejects with the signal's reason when it is aborted. */
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Wall clock, for the report's `timing` only. */
  date: () => Date;
  /** Ends what crashed runs left behind; one line for each, for people. */
  tidy: () => Promise<string[]>;
  places: { readonly [name: string]: PlaceSource };
}

export interface PlaceSource {
  /** `yes`: what the place would ask before it changes something is answered with yes. */
  create(options: { yes: boolean }): Promise<Place>;
  /** What it is made of here: `real Envoy 1.40.0 from the cache`. */
  describe(): Promise<string>;
}
