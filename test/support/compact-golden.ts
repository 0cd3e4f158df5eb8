import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * Takes golden scenarios into the repository, minified: `node test/support/compact-golden.ts FROM SCENARIO…`. FROM is a folder
 * of scenarios whose TLS Secrets hold real pairs or placeholders; istiod's answers do not depend on them.
 */
const [from, ...scenarios] = process.argv.slice(2);
const into = resolve(import.meta.dirname, '../golden/istiod');
const kept = ['input.yaml', 'mesh.yaml', 'proxies.yaml', 'scenario.yaml'];

for (const scenario of from === undefined ? [] : scenarios) {
  const source = join(from ?? '', scenario);
  const target = join(into, scenario);
  mkdirSync(target, { recursive: true });
  for (const file of kept) if (existsSync(join(source, file))) copyFileSync(join(source, file), join(target, file));
  for (const file of readdirSync(source)) {
    if (!file.endsWith('.json') || ['analyze.json', 'admission.json', 'status.json'].includes(file)) continue;
    writeFileSync(join(target, file), `${JSON.stringify(JSON.parse(readFileSync(join(source, file), 'utf8')))}\n`);
  }
}
