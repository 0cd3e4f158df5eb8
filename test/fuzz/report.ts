/** What the worker is asked for. */
export interface FuzzOrder {
  meshes: number;
  /** Mutated manifests in each mesh. */
  manifests: number;
}

export interface CaseReport {
  name: string;
  manifests: number;
  /** Manifests that admission refused. */
  refused: number;
  problems: number;
  /** Problems and refusals that do not say what is wrong. */
  nameless: number;
  /** Bytes of the configuration. */
  size: number;
  /** Calls of our functions. */
  steps: number;
  /** What was thrown, with its stack. */
  error?: string;
}
