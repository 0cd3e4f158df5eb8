import type { Command } from 'commander';

type Shell = 'bash' | 'zsh' | 'fish';

interface Word {
  name: string;
  about: string;
}
interface CompletedCommand extends Word {
  flags: Word[];
  /** What may follow besides flags. */
  words: string[];
}

/** A script that the shell sources; static, so that pressing Tab starts no process. */
export function completionScript(shell: Shell, program: Command, labs: readonly string[]): string {
  const commands = program.commands.map((command) => describe(command, labs));
  return { bash, zsh, fish }[shell](commands);
}

function describe(command: Command, labs: readonly string[]): CompletedCommand {
  const choices = command.registeredArguments.flatMap((argument) => argument.argChoices ?? []);
  const takesLabs = command.registeredArguments.some((argument) => argument.name() === 'lab');
  return {
    name: command.name(),
    about: command.description(),
    flags: command.options.flatMap(({ long, description }) => (long ? [{ name: long, about: description }] : [])),
    words: takesLabs ? [...labs, 'all'] : choices,
  };
}

const bash = (commands: readonly CompletedCommand[]) => `# mesh-labs completion for bash
_mesh_labs() {
  local words=""
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(' ')} help"
  else
    case "\${COMP_WORDS[1]}" in
${commands.map(({ name, flags, words }) => `      ${name}) words="${[...words, ...flags.map((flag) => flag.name)].join(' ')}" ;;`).join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _mesh_labs mesh-labs
`;

const quoted = (text: string) => text.replaceAll("'", "'\\''").replaceAll('[', '(').replaceAll(']', ')');

const zsh = (commands: readonly CompletedCommand[]) => `#compdef mesh-labs
# mesh-labs completion for zsh
_mesh_labs() {
  local -a commands
  commands=(
${commands.map(({ name, about }) => `    '${name}:${quoted(about)}'`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  case "$words[2]" in
${commands.map(zshCase).join('\n')}
  esac
}
compdef _mesh_labs mesh-labs
`;

function zshCase({ name, flags, words }: CompletedCommand): string {
  const options = flags.map((flag) => `'${flag.name}[${quoted(flag.about)}]'`);
  const rest = words.length > 0 ? [`'*:word:(${words.join(' ')})'`] : [];
  return `    ${name}) _arguments ${[...options, ...rest].join(' ') || "'*:file:_files'"} ;;`;
}

const fish = (commands: readonly CompletedCommand[]) => `# mesh-labs completion for fish
complete -c mesh-labs -f
${commands.flatMap(fishLines).join('\n')}
`;

function fishLines({ name, about, flags, words }: CompletedCommand): string[] {
  const seen = `complete -c mesh-labs -n '__fish_seen_subcommand_from ${name}'`;
  return [
    `complete -c mesh-labs -n __fish_use_subcommand -a ${name} -d '${quoted(about)}'`,
    ...flags.map((flag) => `${seen} -l ${flag.name.slice(2)} -d '${quoted(flag.about)}'`),
    ...(words.length > 0 ? [`${seen} -a '${words.join(' ')}'`] : []),
  ];
}
