import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needs } from '../../mesh/host/envoy/testing/require.ts';
import type { Report } from '../../runner/report/schema.ts';
import { runCli } from '../support/cli.ts';
import { repositoryLab } from '../support/labs.ts';

const minutes = 60_000;
let folder: string;
beforeAll(() => {
  folder = mkdtempSync('/tmp/mlt-');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('labs on real Envoys', () => {
  it(
    'canary passes and prints place, Envoy, the split with its error rates, and the time',
    async (context) => {
      needs(context, 'envoy');
      const { code, out, err } = await runCli(['run', 'canary', '--on', 'local']);
      expect(err).toBe('');
      expect(code, out).toBe(0);
      expect(out).toMatch(/^On local: real Envoy 1\.40\.0/m);
      expect(out).toMatch(/v2: \d+ of \d+ = [\d.]+ %, 99\.9 % interval [\d.]+ % to [\d.]+ %/);
      expect(out).toMatch(
        /Error rates: a right split fails at most once in 1 000 000; .* passes at most once in 1 000 000/,
      );
      expect(out).toMatch(/^PASSED {2}canary in \d+\.\d s/m);
    },
    minutes,
  );

  it(
    'strict-mtls passes: a plaintext client is reset, a mesh client answered',
    async (context) => {
      needs(context, 'envoy');
      const { code, out } = await runCli(['run', 'strict-mtls', '--on', 'local']);
      expect(code, out).toBe(0);
      expect(out).toMatch(/✓ A client with a sidecar is answered/);
      expect(out).toMatch(/✓ A client without a sidecar is reset before any answer/);
    },
    minutes,
  );

  it(
    'every lab passes, and its control and its first mutant are rejected by the check they name',
    async (context) => {
      needs(context, 'envoy');
      const file = join(folder, 'report.json');
      const { code, out } = await runCli([
        'run',
        'all',
        '--on',
        'local',
        '--prove=ci',
        '--parallel',
        '2',
        '--json',
        file,
      ]);
      expect(code, out).toBe(0);
      const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
      expect(report.verdict).toBe('passed');
      for (const [id, runs] of Map.groupBy(report.runs, ({ lab }) => lab)) {
        const { mutants } = await repositoryLab(id);
        expect(mutants.length).toBeGreaterThanOrEqual(4);
        const proofs = runs?.flatMap(({ proof }) => proof ?? []) ?? [];
        expect(proofs.flatMap((proof) => proof.mutants.map((m) => [m.id, m.rejectedBy]))).toEqual([
          [mutants[0]?.id, mutants[0]?.fails],
        ]);
        expect(proofs.flatMap(({ controls }) => controls).length).toBeGreaterThan(0);
      }
    },
    10 * minutes,
  );

  it(
    'needs no network but loopback',
    async (context) => {
      needs(context, 'envoy');
      const wrap = ['unshare', '-rn', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
      const [command = '', ...args] = [...wrap, 'true'];
      if (spawnSync(command, args).status !== 0) context.skip('no network namespace can be made here');
      const { code, out, err } = await runCli(['run', 'canary', '--on', 'local'], { wrap });
      expect(code, out + err).toBe(0);
    },
    minutes,
  );
});
