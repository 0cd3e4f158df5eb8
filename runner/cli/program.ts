import { Command } from 'commander';
import type { ExitCode } from '../fail.ts';
import { paintFor } from '../report/output.ts';
import { commands } from './commands/registry.ts';
import type { Deps } from './deps.ts';

const footer = `
Exit codes: 0 passed, 1 a check failed or stayed undecided, 2 the command, a lab or a manifest is wrong,
            3 the place cannot be had or nothing could run, 130 interrupted

Examples:
  mesh-labs list                      what there is to learn
  mesh-labs run canary                one lab, end to end
  mesh-labs run all --prove           every lab, with every wrong answer rejected
  mesh-labs help run                  everything about one command

No telemetry, no update check, no account. Not affiliated with the Istio project.`;

/** The command line; parsing it writes through `deps` only. */
export function createProgram(deps: Deps, exit: (code: ExitCode) => void): Command {
  const program = new Command('mesh-labs')
    .description('Learn Istio by running it: labs that are proved on a mesh in a box.')
    .version(deps.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [command]', 'print help for a command')
    .addHelpText('after', footer)
    .showSuggestionAfterError(true);
  confine(program, deps);
  for (const add of commands) add(program, { deps, exit });
  for (const command of program.commands) confine(command, deps);
  return program;
}

/** No command ends the process or writes to it behind our back; usage errors look like all others. */
function confine(command: Command, { out, err }: Deps): void {
  const paint = paintFor(err);
  command
    .exitOverride()
    .helpOption('-h, --help', 'print help')
    .configureHelp({ styleTitle: (title) => paintFor(out)('bold', title) })
    .configureOutput({
      writeOut: (text) => out.write(text),
      writeErr: (text) => err.write(text),
      getOutHelpWidth: () => Math.min(out.columns, 110),
      getErrHelpWidth: () => Math.min(err.columns, 110),
      getOutHasColors: () => out.color,
      getErrHasColors: () => err.color,
      outputError: (text, write) =>
        write(
          `${paint(['red', 'bold'], 'error:')} ${sentence(text)}  ${paint('green', 'fix')} mesh-labs ${helpFor(command)}\n`,
        ),
    });
}

const helpFor = (command: Command) => (command.parent ? `help ${command.name()}` : 'help');
const sentence = (text: string) => `${text.replace(/^error: /, '')}`;
