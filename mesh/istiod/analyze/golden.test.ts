import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../kube/objects.ts';
import { nameOf } from '../../kube/schema/problems.ts';
import { installedMeshConfig, parseMeshConfig } from '../mesh-config.ts';
import { analyze } from './analyze.ts';

const golden = join(import.meta.dirname, '../../../test/golden/istiod');
const scenarios = readdirSync(golden).filter((name) => existsSync(join(golden, name, 'input.yaml')));

interface Told {
  code: string;
  level: string;
  origin: string;
  message: string;
}

describe('istioctl analyze on the golden scenarios', () => {
  it.each(scenarios)('%s: the same messages in the same order', (scenario) => {
    const read = (file: string) => readFileSync(join(golden, scenario, file), 'utf8');
    const objects = parseAllDocuments(read('input.yaml')).flatMap((d) => (d.toJS() as KubeObject | null) ?? []);
    const mesh = installedMeshConfig(
      existsSync(join(golden, scenario, 'mesh.yaml')) ? parseMeshConfig(read('mesh.yaml')) : {},
    );
    const wanted = (JSON.parse(read('analyze.json')) as Told[]).map(({ code, level, origin, message }) => ({
      code,
      level,
      origin,
      message,
    }));
    const got = analyze(objects, { mesh, now: 0 }).map(({ code, level, object, message }) => ({
      code,
      level,
      origin: nameOf(object),
      message,
    }));
    expect(got).toEqual(wanted);
  });
});
