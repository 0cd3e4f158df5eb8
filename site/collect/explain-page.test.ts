import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../test/support/run-command.ts';
import { explainFolder, questions } from './explain-page.ts';

it.each(questions)('what the page shows is what the command prints: $id', async ({ id, args }) => {
  const cwd = join(process.cwd(), explainFolder);
  const written: string[] = [];
  const out = { write: (text: string) => void written.push(text), color: false, columns: 76 };
  const { code } = await runCommand(['explain', ...args], { deps: { cwd, out } });
  expect(code).toBe(0);
  // `npx vitest run site/collect/explain-page.test.ts -u` records it anew.
  await expect(written.join('')).toMatchFileSnapshot(join(cwd, `${id}.txt`));
});
