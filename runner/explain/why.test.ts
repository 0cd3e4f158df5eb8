import { describe, expect, it } from 'vitest';
import { repositoryLab } from '../../test/support/labs.ts';
import { testTools } from '../../test/support/run-lab.ts';
import type { Place, Why } from '../place/place.ts';
import { simPlace } from '../place/sim/sim.ts';
import { jobsOf } from '../plan/choose.ts';
import { runAll } from '../plan/run-all.ts';
import { whyIn } from './why.ts';

interface Wrong {
  lab: string;
  mutant: string;
  place?: Place;
  why?: Why;
}

/** Runs a lab on sim with a mutant as if it were the solution; the evidence of the checks that failed, by check. */
async function evidence({ lab, mutant, place = simPlace, why = whyIn }: Wrong): Promise<Map<string, string>> {
  const known = await repositoryLab(lab);
  const wrong = known.mutants.find(({ id }) => id === mutant);
  const [first] = known.solutions;
  if (!wrong || !first) throw new Error(`${lab} has no mutant ${mutant}`);
  const solutions = [{ ...first, apply: wrong.apply }];
  const tools = { ...testTools(place), why };
  const jobs = jobsOf({ ...known, solutions }, { seed: 1, prove: 'off' }, place);
  const { results } = await runAll(jobs, { parallel: 1, toolsFor: () => tools });
  const failed = results.flatMap(({ checks }) => checks.filter(({ verdict }) => verdict === 'failed'));
  return new Map(failed.map((check) => [check.id, check.evidence.join('\n')]));
}

const told: [lab: string, mutant: string, check: string, says: RegExp][] = [
  ['canary', 'subset-typo', 'pages', /\(500\): client proxy of web-frontend-.* has subset v3/],
  [
    'canary',
    'subset-typo',
    'all-ok',
    /why #\d+ \(503 NC\): .* no DestinationRule of customers\.default has subset v3; because of VirtualService default\/customers \(labs\/canary\/mutants\/subset-typo\.yaml:19\)/,
  ],
  [
    'canary',
    'label-typo',
    'all-ok',
    /\(503 UH\): .* no ready pod is behind it; because of DestinationRule default\/customers/,
  ],
  [
    'canary',
    'swapped',
    'split',
    /\(200\): route `split` of VirtualService .*swapped\.yaml:10\) sent this to subset v2/,
  ],
  ['canary', 'wrong-host', 'split', /no VirtualService is for this, so it went to customers\.default, port 80/],
  [
    'strict-mtls',
    'permissive',
    'legacy-reset',
    /server proxy of customers-v\d-.*, TLS: none: it came in plaintext, which is allowed here; because of PeerAuthentication .*permissive\.yaml/,
  ],
  [
    'strict-mtls',
    'no-policy',
    'legacy-reset',
    /plaintext, which is allowed here; no PeerAuthentication says otherwise/,
  ],
  [
    'strict-mtls',
    'plaintext-client',
    'mesh-ok',
    /\(503 UC\): .*sent in plaintext; because of DestinationRule .*\n.*none takes plaintext.*PeerAuthentication default\/default/,
  ],
];

/** A mesh that is no simulation as far as anybody can see, with a log. */
const opaque = (line: string): Place => ({
  ...simPlace,
  open: async (request, progress) => {
    const mesh = await simPlace.open(request, progress);
    const logs = async function* () {
      yield line;
    };
    return {
      ...mesh,
      api: { ...mesh.api, logs },
      versions: mesh.versions,
      admin: (pod) => mesh.admin(pod),
      settle: (ms, signal) => mesh.settle(ms, signal),
      send: (plan, signal) => mesh.send(plan, signal),
      loopDelays: () => mesh.loopDelays(),
      reset: () => mesh.reset(),
      close: () => mesh.close(),
    };
  },
});

const line =
  '[2026-01-01T00:00:00.000Z] "GET / HTTP/1.1" 503 NC cluster_not_found - "-" 0 0 0 - "-" "-" "id" "customers" "-" - - 10.96.0.2:80 10.244.0.5:1 - split';

describe('evidence of failed checks', () => {
  it.each(told)('%s, %s: of %s', async (lab, mutant, check, says) => {
    expect((await evidence({ lab, mutant })).get(check)).toMatch(says);
  });

  it('is a prediction where Envoys are real, with what Envoy logged', async () => {
    const found = await evidence({ lab: 'canary', mutant: 'no-destination-rule', place: opaque(line) });
    expect(found.get('all-ok')).toMatch(
      /why #0 \(503 NC\): predicted by a simulation: .* no DestinationRule of customers\.default has subset v[12]; .*\n.*\n {2}Envoy of curl\.default logged: 503 NC cluster_not_found, cluster -, route split/,
    );
  });

  it('says so when it cannot be told, and changes no verdict', async () => {
    const why = () => Promise.reject(new Error('no trace'));
    const found = await evidence({ lab: 'canary', mutant: 'swapped', why });
    expect(found.get('split')).toMatch(/why #\d+ cannot be told: no trace/);
  });
});
