import { afterAll, describe, expect, it } from 'vitest';
import { envoyBinary, needs } from '../../mesh/host/envoy/testing/require.ts';
import { subjects } from '../../runner/explain/testing/cases.ts';
import { agrees, compare } from '../explain/compare.ts';
import { LiveMesh } from '../explain/live-mesh.ts';
import { runCli } from '../support/cli.ts';

/** A few quick cases of each kind; all of them are `npm run explain-cases` (test/explain/run.ts). */
const quick = [
  'absent header',
  'mirror',
  'NC: a subset that no rule has',
  'URX: retries are used up',
  'FI: abort',
  'a timeout of one attempt, retried',
  'CORS: what a browser asks first',
  'ALLOW, nobody else',
];
const cases = subjects.flatMap(([, all]) => all).filter(({ name }) => quick.includes(name));

let opening: Promise<LiveMesh> | undefined;
const live = () => {
  opening ??= LiveMesh.open(envoyBinary);
  return opening;
};
afterAll(async () => (await opening)?.close());

describe('explain beside real Envoys', () => {
  for (const question of cases)
    it(`${question.name}: status, flags, details, cluster and route at every proxy`, async (context) => {
      needs(context, 'envoy');
      const compared = await compare(question, await live());
      expect(compared.predicted.length).toBeGreaterThan(0);
      if (!agrees(question, compared)) expect(compared.logged).toEqual(compared.predicted);
    });

  it('puts the log lines of real Envoys beside its prediction', async (context) => {
    needs(context, 'envoy');
    const url = 'http://customers/';
    const { code, out } = await runCli([
      'explain',
      '--lab',
      'strict-mtls',
      '--on',
      'local',
      '--from',
      'curl',
      '--url',
      url,
    ]);
    expect(code, out).toBe(0);
    const [, logged = ''] = out.split('Envoys themselves');
    expect(logged).toMatch(
      /= curl-\S+ +200 - via_upstream, cluster outbound\|80\|\|customers\.default\.svc\.cluster\.local, route default/,
    );
    // Which of the two pods answers is Envoy's own choice.
    expect(logged).toMatch(/[=≠] customers-v[12]-\S+ +200 - via_upstream, cluster inbound\|3000\|\|, route default/);
  });

  it('knows every case of the list', () => {
    expect(cases.map(({ name }) => name).sort()).toEqual([...quick].sort());
  });
});
