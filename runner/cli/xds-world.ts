import type { Problem } from '../../mesh/problem.ts';
import type { Paint } from '../report/output.ts';

/** What the command needs of the outside world. Paths are as the user wrote them. */
export interface XdsIo {
  readFile(path: string): Promise<string>;
  /** Names of the manifests in a folder; undefined when the path is none. */
  readDir?(path: string): Promise<string[] | undefined>;
  readStdin?(): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  out(text: string): void;
  /** Something odd that does not stop the command. */
  problem(problem: Problem): void;
  /** Set where a person looks at the output. */
  terminal?: { columns: number; paint: Paint };
}
