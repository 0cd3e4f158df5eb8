import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Receipt, receiptSchema } from '../../runner/report/receipt/schema.ts';

const folder = 'test/receipts';

/** What was run, newest first (test/receipts). Throws where a file is no receipt: the build must not guess. */
export function receipts(root = process.cwd()): Receipt[] {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  const files = readdirSync(path).filter((name) => name.endsWith('.json'));
  const read = (name: string) => receiptSchema.parse(JSON.parse(readFileSync(join(path, name), 'utf8')));
  return files.map(read).sort((a, b) => b.date.localeCompare(a.date));
}
