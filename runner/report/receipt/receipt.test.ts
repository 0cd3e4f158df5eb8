import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeIstio } from '../../../test/support/fake-istio.ts';
import { fakePlace } from '../../../test/support/fake-place.ts';
import { testCatalogue } from '../../../test/support/labs.ts';
import { runCommand } from '../../../test/support/run-command.ts';
import { receiptSchema } from './schema.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'mesh-labs-receipt-'));
  await cp(join(testCatalogue, 'labs'), join(root, 'labs'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const command = (...argv: string[]) => runCommand(argv, { places: [fakePlace(fakeIstio)], deps: { root, cwd: root } });
const file = 'r/canary.local.sidecar.json';
const write = async () => {
  const { code, err } = await command('run', 'canary', '--prove', '--receipts', 'r');
  expect({ code, err }).toEqual({ code: 0, err: 'Receipts: 1 in r\n' });
};

describe('a receipt', () => {
  it('is written for each lab, place and data plane, as its schema says', async () => {
    await write();
    expect(await readdir(join(root, 'r'))).toEqual(['canary.local.sidecar.json']);
    const receipt = receiptSchema.parse(JSON.parse(await readFile(join(root, file), 'utf8')));
    expect(receipt).toMatchObject({ lab: 'canary', verdict: 'passed', date: '1970-01-01T00:00:00.000Z' });
    expect(receipt.runs[0]?.proof?.mutants.length).toBeGreaterThan(3);
    expect((await command('receipt', 'show', file)).out).toMatch(
      /^canary on local, sidecar: passed on 1970-01-01 00:00 UTC/,
    );
  });

  it('holds until a file of the lab or of its apps changes', async () => {
    await write();
    expect((await command('receipt', 'verify', file)).code).toBe(0);
    const changed = join(root, 'labs/_apps/customers/customers.yaml');
    await writeFile(changed, `${await readFile(changed, 'utf8')}\n# another text\n`);
    const { code, out } = await command('receipt', 'verify', file);
    expect({ code, out }).toMatchObject({ code: 1, out: expect.stringContaining('files of canary have changed') });
  });

  const rows: [string, string, RegExp][] = [
    ['no file', '', /cannot be read: ENOENT/],
    ['no JSON', '{', /This is no receipt/],
    ['another schema', '{"schema":"mesh-labs/report/v1"}', /This is no receipt: schema: /],
  ];
  it.each(rows)('that is %s is refused', async (_, text, says) => {
    if (text) await writeFile(join(root, 'bad.json'), text);
    const { code, err } = await command('receipt', 'show', 'bad.json');
    expect(code).toBe(2);
    expect(err).toMatch(says);
  });

  it('of a lab that failed is doubted', async () => {
    await write();
    const receipt = JSON.parse(await readFile(join(root, file), 'utf8')) as object;
    await writeFile(join(root, file), JSON.stringify({ ...receipt, verdict: 'failed' }));
    expect(await command('receipt', 'verify', file)).toMatchObject({ code: 1, out: `${file}: the run failed\n` });
  });
});
