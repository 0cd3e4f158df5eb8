import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeIstio } from '../../test/support/fake-istio.ts';
import { type FakeWorld, fakePlace } from '../../test/support/fake-place.ts';
import { runCommand } from '../../test/support/run-command.ts';
import { reportSchema } from '../report/schema.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mesh-labs-cli-'));
});
afterAll(() => rm(folder, { recursive: true }));

const good = () => fakePlace(fakeIstio);
const bad = () => fakePlace({ answer: () => ({ status: 200 }) });
const aborted = AbortSignal.abort(new Error('Interrupted by SIGINT'));

describe('run exits with', () => {
  const rows: [string, number, string[], Partial<FakeWorld> | 'good' | 'none', RegExp][] = [
    ['passed', 0, ['run', 'canary'], 'good', /PASSED {2}canary in /],
    ['passed with proof', 0, ['run', 'canary', '--prove'], 'good', /3 checks, 3 controls, 6 mutants/],
    ['passed, a lab after a bare --prove', 0, ['run', '--prove', 'strict-mtls'], 'good', /6 mutants/],
    ['passed with one mutant', 0, ['run', 'canary', '--prove=ci'], 'good', /1 mutant$/m],
    ['passed for a module', 0, ['run', 'routing'], 'good', /canary/],
    ['passed for all', 0, ['run', 'all', '--parallel', '2'], 'good', /2 passed in/],
    ['passed, one data plane skipped', 0, ['run', 'canary', '--data-plane', 'both'], 'good', /1 passed, 1 skipped/],
    ['passed for a dry run', 0, ['run', 'canary', '--dry-run'], 'good', /apply solution virtual-service/],
    ['failed', 1, ['run', 'canary'], { answer: () => ({ status: 200, body: '[]' }) }, /FAILED {2}canary/],
    ['failed when undecided', 1, ['run', 'canary'], { answer: () => ({ status: 503 }) }, /FAILED/],
    ['wrong flag', 2, ['run', 'canary', '--bogus'], 'good', /unknown option '--bogus'/],
    ['wrong value', 2, ['run', 'canary', '--parallel', '0'], 'good', /whole number from 1 on/],
    ['wrong choice', 2, ['run', 'canary', '--prove=some'], 'good', /Allowed choices are full, ci/],
    ['no lab named', 2, ['run'], 'good', /missing required argument 'lab'/],
    ['unknown lab', 2, ['run', 'canari'], 'good', /There is no lab and no module `canari`[\s\S]*Did you mean `canary`/],
    ['no place', 2, ['run', 'canary', '--on', 'mars'], 'good', /--on mars` is no place/],
    ['unknown command', 2, ['rnu'], 'good', /unknown command 'rnu'[\s\S]*run/],
    ['keep of two labs', 2, ['run', 'all', '--keep'], 'good', /leaves one mesh running/],
    ['keep with proof', 2, ['run', 'canary', '--keep', '--prove'], 'good', /mesh of the last mutant/],
    [
      'refused by admission',
      2,
      ['run', 'canary'],
      { admit: (o) => (o.kind === 'VirtualService' ? 'spec: Invalid' : undefined) },
      /is refused: spec: Invalid\n {2}at {2}labs\/canary\/manifests\/virtual-service\.yaml:\d+:\d+/,
    ],
    [
      'place not built: sim',
      3,
      ['run', 'canary', '--on', 'sim'],
      'good',
      /Place sim is not part of this version yet[\s\S]*Available now: local/,
    ],
    ['place not built: kind', 3, ['run', 'canary', '--on', 'kind'], 'good', /Place kind is not part/],
    [
      'place not built: a context',
      3,
      ['run', 'canary', '--on', 'context:prod'],
      'good',
      /Place context:prod is not part/,
    ],
    ['no place at all', 3, ['run', 'canary'], 'none', /No place is built/],
    [
      'place unavailable',
      3,
      ['run', 'canary'],
      { unavailable: { what: 'no Envoy', fix: 'install it' } },
      /no Envoy[\s\S]*fix install it/,
    ],
    ['place broke', 3, ['run', 'canary'], { open: () => Promise.reject(new Error('boom')) }, /boom/],
    ['nothing could run', 3, ['run', 'canary', '--data-plane', 'ambient'], 'good', /SKIPPED {2}canary/],
  ];
  it.each(rows)('%s: %i', async (_, code, argv, world, text) => {
    const places = world === 'none' ? [] : [world === 'good' ? good() : fakePlace({ ...fakeIstio, ...world })];
    const ended = await runCommand(argv, { places });
    expect(`${ended.out}${ended.err}`).toMatch(text);
    expect(ended.code).toBe(code);
  });

  it('interrupted: 130', async () => {
    const { code, out } = await runCommand(['run', 'canary'], { places: [good()], deps: { signal: aborted } });
    expect(code).toBe(130);
    expect(out).not.toMatch(/PASSED/);
  });
});

describe('run', () => {
  it('says place, version and why in its first line, then each phase with its time', async () => {
    const { out } = await runCommand(['run', 'canary'], { places: [good()] });
    const lines = out.split('\n');
    expect(lines[0]).toBe('On local: Envoy 9.9.9 of a test. Chosen as the most real place that needs no cluster.');
    expect(lines.filter((line) => /^ +\d+ ms {2}(mesh|apps|solution) /.test(line))).toHaveLength(3);
    expect(out).toMatch(/99\.9 % interval [\d.]+ % to [\d.]+ %/);
    expect(out).toMatch(/Error rates: .*once in 1 000 000/);
  });

  it('writes a report that its schema accepts, and JUnit', async () => {
    const [json, xml] = [join(folder, 'deep', 'report.json'), join(folder, 'junit.xml')];
    const { code } = await runCommand(['run', 'all', '--prove', '--json', json, '--junit', xml], { places: [good()] });
    expect(code).toBe(0);
    const report = reportSchema.parse(JSON.parse(await readFile(json, 'utf8')));
    expect(report).toMatchObject({ verdict: 'passed', versions: { envoy: '9.9.9', 'mesh-labs': '0.0.0-test' } });
    expect(report.runs.map(({ lab }) => lab)).toEqual(['canary', 'strict-mtls']);
    expect(await readFile(xml, 'utf8')).toContain('<testsuites');
  });

  it('writes the report of a failed run, too', async () => {
    const json = join(folder, 'failed.json');
    expect((await runCommand(['run', 'canary', '--json', json], { places: [bad()] })).code).toBe(1);
    expect(reportSchema.parse(JSON.parse(await readFile(json, 'utf8'))).runs[0]?.reason).toMatch(/split/);
  });

  it('gives nothing but the report on standard output with --json -', async () => {
    const { out, err } = await runCommand(['run', 'canary', '--json', '-'], { places: [good()] });
    expect(reportSchema.parse(JSON.parse(out)).verdict).toBe('passed');
    expect(err).toMatch(/PASSED {2}canary/);
  });

  it('names a report file that cannot be written', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const json = join(file, 'r.json');
    const { code, err } = await runCommand(['run', 'canary', '--json', json], { places: [good()] });
    expect(code).toBe(2);
    expect(err).toContain('The report cannot be written');
    expect(err).toContain(`at  ${json}`);
  });

  it('cleans up after crashed runs first and says so', async () => {
    const deps = { tidy: async () => ['Cleaned up after a crashed run: x'] };
    const { out } = await runCommand(['run', 'canary'], { places: [good()], deps });
    expect(out.split('\n')[0]).toBe('Cleaned up after a crashed run: x');
  });

  it('keeps the mesh until the signal with --keep, and closes it then', async () => {
    const stop = new AbortController();
    const place = good();
    let seen = '';
    const out = {
      color: false,
      columns: 100,
      write: (text: string) => {
        seen += text;
        if (text.includes('keeps running')) {
          expect(place.log).not.toContain('close');
          stop.abort(new Error('Interrupted by SIGINT'));
        }
      },
    };
    const { code } = await runCommand(['run', 'canary', '--keep'], {
      places: [place],
      deps: { out, signal: stop.signal },
    });
    expect(code).toBe(0);
    expect(seen).toMatch(/Ctrl-C here ends it/);
    expect(place.log.at(-1)).toBe('close');
  });

  it('opens nothing in a dry run, even where the place cannot be had', async () => {
    const place = fakePlace({ unavailable: { what: 'no Envoy', fix: 'install it' } });
    const { code, out } = await runCommand(['run', 'all', '--dry-run', '--prove'], { places: [place] });
    expect([code, place.log]).toEqual([0, []]);
    expect(out).toMatch(/must fail: split, route; must hold|must fail: split, route\n/);
  });
});
