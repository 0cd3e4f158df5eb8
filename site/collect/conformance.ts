import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Lab } from '../../runner/lab/lab.ts';
import type { Receipt } from '../../runner/report/receipt/schema.ts';

const places = ['sim', 'local'];
const planes = ['sidecar', 'ambient'] as const;

export interface Cell {
  place: string;
  dataPlane: string;
  state: 'passed' | 'failed' | 'undecided' | 'not run' | 'not for';
  /** Day of the newest run, yyyy-mm-dd. */
  date?: string;
}

export interface LabRow {
  id: string;
  title: string;
  cells: Cell[];
}

/** Each lab in each place and data plane, by its newest receipt. `not for`: the lab does not ask for that data plane. */
export const labMatrix = (labs: readonly Lab[], receipts: readonly Receipt[]): LabRow[] =>
  labs.map(({ id, title, dataPlanes }) => ({
    id,
    title,
    cells: planes.flatMap((dataPlane) =>
      places.map((place): Cell => {
        const at = { place, dataPlane };
        if (!dataPlanes.includes(dataPlane)) return { ...at, state: 'not for' };
        const runs = receipts.filter((r) => r.lab === id && r.place === place && r.dataPlane === dataPlane);
        const newest = runs.sort((a, b) => b.date.localeCompare(a.date))[0];
        if (!newest) return { ...at, state: 'not run' };
        const { verdict, date } = newest;
        return {
          ...at,
          state: verdict === 'passed' || verdict === 'failed' ? verdict : 'undecided',
          date: date.slice(0, 10),
        };
      }),
    ),
  }));

const gapsSchema = z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())]));

export interface GatewayApiSuite {
  /** How many tests the suite has. */
  tests: number;
  /** Tests without a table of ours, each with the reason. */
  gaps: { test: string; why: string }[];
  /** Tables that ask for less than their test, or otherwise. */
  differences: { table: string; what: string }[];
}

/** The conformance suite of the Gateway API as our tables have it (test/conformance). */
export function gatewayApiSuite(root = process.cwd()): GatewayApiSuite {
  const read = (name: string): unknown => parse(readFileSync(join(root, 'test/conformance', name), 'utf8'));
  const { tests } = z.object({ tests: z.array(z.string()) }).parse(read('suite.yaml'));
  const { differences = {}, ...gaps } = gapsSchema.parse(read('gaps.yaml'));
  return {
    tests: tests.length,
    gaps: Object.entries(gaps).flatMap(([test, why]) => (typeof why === 'string' ? [{ test, why }] : [])),
    differences: Object.entries(differences).map(([table, what]) => ({ table, what: String(what) })),
  };
}

/** Scenarios in which the real istiod's answers are compared with ours. */
export const goldenScenarios = (root = process.cwd()): { id: string; title: string }[] =>
  readdirSync(join(root, 'test/golden/istiod'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const file = join(root, 'test/golden/istiod', name, 'scenario.yaml');
      return { id: name, title: z.object({ title: z.string() }).parse(parse(readFileSync(file, 'utf8'))).title };
    })
    .sort((a, b) => a.id.localeCompare(b.id));
