import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../mesh/json.ts';

/**
 * Takes measured scenarios of istiod into the repository: `node test/support/compact-golden.ts FROM`, where FROM is a folder of
 * scenarios in the layout that `mesh-labs xds -o DIR` writes. Inputs and verdicts of tools are copied as they are; the proxies'
 * configurations go into one `expected.json` for each scenario, which `unpackGolden` reads. The word `placeholder` in
 * TLS Secrets stays: configurations name Secrets and never hold them, and a repository is no place for private keys.
 */
const into = resolve(import.meta.dirname, '../golden/istiod');
const asTheyAre = new Set(['status.json', 'analyze.json', 'admission.json', 'validate.txt']);
const isCopied = (file: string) => file.endsWith('.yaml') || asTheyAre.has(file);

/** Shorter pieces cost more to name than to repeat. */
const worthSharing = 120;

/** One line for each shared piece and each resource, so that a difference between two versions names what changed. */
export function packGolden(documents: ReadonlyMap<string, JsonObject>): string {
  const uses = new Map<string, number>();
  for (const document of documents.values()) countUses(document, uses);
  const shared: string[] = [];
  const places = new Map<string, number>();

  const whole = (value: Json): string => {
    if (Array.isArray(value)) return `[${value.map(text).join(',')}]`;
    if (!isObject(value)) return JSON.stringify(value);
    if ('$' in value) throw new Error('a field named $ cannot be told from the name of a shared piece');
    return `{${fields(value, text).join(',')}}`;
  };
  const text = (value: Json): string => {
    const plain = JSON.stringify(value);
    if ((uses.get(plain) ?? 0) < 2) return whole(value);
    const known = places.get(plain) ?? shared.push(whole(value)) - 1;
    places.set(plain, known);
    return `{"$":${known}}`;
  };
  const lines = (value: Json): string => (Array.isArray(value) ? `[\n${value.map(text).join(',\n')}\n]` : text(value));
  const proxies = [...documents].map(
    ([name, document]) => `${JSON.stringify(name)}:{\n${fields(document, lines).join(',\n')}\n}`,
  );
  return `{"shared":[\n${shared.join(',\n')}\n],"proxies":{\n${proxies.join(',\n')}\n}}\n`;
}

const fields = (value: JsonObject, text: (item: Json) => string): string[] =>
  Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : `${JSON.stringify(key)}:${text(item)}`));

/** How often each piece is worth a name; what lies inside of a repeated piece counts once. */
function countUses(value: Json | undefined, uses: Map<string, number>): void {
  if (typeof value !== 'object' || value === null) return;
  const plain = JSON.stringify(value);
  if (plain.length < worthSharing) return;
  const before = uses.get(plain) ?? 0;
  uses.set(plain, before + 1);
  if (before === 0) for (const item of Object.values(value)) countUses(item, uses);
}

function compact(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  const files = readdirSync(source).sort();
  for (const file of files.filter(isCopied)) copyFileSync(join(source, file), join(target, file));
  const documents = files
    .filter((file) => file.endsWith('.json') && !isCopied(file))
    .map((file): [string, JsonObject] => [file.slice(0, -5), JSON.parse(readFileSync(join(source, file), 'utf8'))]);
  writeFileSync(join(target, 'expected.json'), packGolden(new Map(documents)));
}

if (process.argv[1] === import.meta.filename) {
  const [from] = process.argv.slice(2);
  if (from === undefined) throw new Error('usage: node test/support/compact-golden.ts FROM');
  for (const scenario of readdirSync(from)) {
    rmSync(join(into, scenario), { recursive: true, force: true });
    compact(join(from, scenario), join(into, scenario));
  }
}
