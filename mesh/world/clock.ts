/** Time as the mesh sees it: real in `local`, virtual in `sim`. Always injected. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}
