import { parseArgs } from 'node:util';
import { findEnvoy } from '../../mesh/host/binary/find.ts';

const help = `Drives the same generated configurations and requests through real Envoys and through the interpreter, and compares.

  npm run differential [-- OPTIONS]

  --feature ID    only this feature (repeatable; a list is printed by --list)
  --cases N       cases per feature (default 60)
  --seed N        of configurations, requests and the interpreter (default 1); Envoy's own choices cannot be seeded
  --no-faults     do not plant faults in the interpreter
  --faults        only features that have faults
  --no-shrink     print disagreements as they were found
  --list          the features

Exit code 1: a disagreement that gaps.yaml does not name, a gap that has healed, or a fault that was not caught.`;

const { values } = parseArgs({
  allowNegative: true,
  options: {
    feature: { type: 'string', multiple: true },
    cases: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    faults: { type: 'boolean' },
    shrink: { type: 'boolean', default: true },
    list: { type: 'boolean' },
    help: { type: 'boolean' },
  },
});

if (values.help) console.log(help);
else {
  // The harness reads it when it is loaded (mesh/host/envoy/testing/require.ts).
  process.env.MESH_LABS_ENVOY ??= (await findEnvoy({ env: process.env, download: true, notify: console.log })).path;
  const { run } = await import('./run-all.ts');
  process.exitCode = await run({ ...values, cases: Number(values.cases), seed: Number(values.seed) });
}
