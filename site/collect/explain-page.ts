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

/** Files and recorded answers of the page “Explain my YAML”. */
export function explained(root = process.cwd()) {
  const read = (name: string) => readFileSync(join(root, explainFolder, name), 'utf8').trimEnd();
  const quoted = (word: string) => (word.includes(' ') ? `'${word}'` : word);
  return {
    files: files.map((name) => ({ name, text: read(name) })),
    asked: Object.fromEntries(
      questions.map(({ id, args }) => [
        id,
        { command: ['npx mesh-labs explain', ...args.map(quoted)].join(' '), answer: read(`${id}.txt`) },
      ]),
    ),
  };
}
