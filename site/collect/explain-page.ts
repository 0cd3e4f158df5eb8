import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const explainFolder = 'content/reference/explain';
const files = ['shop.yaml', 'rules.yaml'];
const about = ['-f', 'shop.yaml', '-f', 'rules.yaml', '--from', 'web', '--url', 'http://customers/'];

/** The questions that the page asks; a test keeps the recorded answers those that the command prints. */
export const questions = [
  { id: 'everybody', args: about },
  { id: 'testers', args: [...about, '--header', 'user: debug'] },
];

export interface Asked {
  command: string;
  answer: string;
}

const quoted = (word: string) => (word.includes(' ') ? `'${word}'` : word);
/** In two lines of a shell, because a page is narrower than a terminal. */
const commandOf = (args: readonly string[]) =>
  ['npx mesh-labs explain', ...args.map(quoted)].join(' ').replace(' --from', ' \\\n  --from');

/** Files and recorded answers of the page “Explain my YAML”. */
export function explained(root = process.cwd()) {
  const read = (name: string) => readFileSync(join(root, explainFolder, name), 'utf8').trimEnd();
  return {
    files: files.map((name) => ({ name, text: read(name) })),
    asked: Object.fromEntries(
      questions.map(({ id, args }) => [id, { command: commandOf(args), answer: read(`${id}.txt`) }]),
    ),
  };
}
