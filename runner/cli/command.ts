import type { Command } from 'commander';
import type { ExitCode } from '../fail.ts';
import type { Deps } from './deps.ts';

export interface CommandContext {
  deps: Deps;
  /** Called by a command that does not end with 0. */
  exit(code: ExitCode): void;
}

/** What a command's file adds to the program: flags become options, options one library call. */
export type AddCommand = (program: Command, context: CommandContext) => void;
