/** How loaders read: injected, because they also run in a page. Paths use `/`. */
export interface LabFs {
  /** The text of a file; undefined when there is none. */
  readFile(path: string): Promise<string | undefined>;
  /** Names of the entries of a folder; empty when there is none. */
  readDir(path: string): Promise<string[]>;
}

export const join = (...parts: string[]): string => parts.filter((part) => part !== '').join('/');
