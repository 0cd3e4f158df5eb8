import type { Check, CheckBase, DataPlane, Traffic } from '../lab.ts';
import type { CheckFile, RowFile } from '../schema/check.ts';
import { workloadName } from '../schema/units.ts';
import { locate } from '../yaml.ts';
import { type Context, mustKnow, refuse } from './context.ts';
import { requestOf } from './traffic.ts';

/** The checks of the lab; each row of a table is a check with a traffic of its own. */
export function resolveChecks(context: Context): { checks: Check[]; rows: Traffic[] } {
  const tables = context.lab.checks.map((check, i) => resolveCheck(context, check, i));
  return { checks: tables.flatMap((t) => t.checks), rows: tables.flatMap((t) => t.rows) };
}

function resolveCheck(context: Context, file: CheckFile, i: number): { checks: Check[]; rows: Traffic[] } {
  const base: CheckBase = {
    id: file.id,
    title: file.title,
    at: locate(context.document, ['checks', i]),
    dataPlanes: planes(context, file.dataPlanes, ['checks', i, 'dataPlanes']),
  };
  if (file.rows) {
    const { rows } = file;
    if (file.answeredBy !== undefined)
      mustKnow(context, ['checks', i, 'answeredBy'], { noun: 'app', name: file.answeredBy, known: context.lab.apps });
    const at = (j: number) => locate(context.document, ['checks', i, 'rows', j]);
    return {
      checks: rows.map((row, j) => rowCheck({ ...base, at: at(j) }, row)),
      rows: rows.map((row) => rowTraffic(file, row)),
    };
  }
  return { checks: single(context, { base, file, i }), rows: [] };
}

const rowId = (table: string, row: RowFile) => `${table}/${row.id}`;

const rowCheck = (base: CheckBase, row: RowFile): Check => ({
  ...base,
  id: rowId(base.id, row),
  title: row.because ? `${base.title}: ${row.id} — ${row.because}` : `${base.title}: ${row.id}`,
  table: base.id,
  needs: 'observations',
  traffic: rowId(base.id, row),
  expect: row.expect,
});

const rowTraffic = ({ id, repeat, answeredBy }: CheckFile, row: RowFile): Traffic => ({
  id: rowId(id, row),
  from: workloadName(row.from),
  request: requestOf(row.request),
  unit: 'request',
  concurrency: 1,
  limit: { requests: repeat },
  until: 'limit',
  ...(answeredBy !== undefined && { answeredBy }),
});

function single(context: Context, { base, file, i }: { base: CheckBase; file: CheckFile; i: number }): Check[] {
  if (file.expect && file.traffic !== undefined) {
    const known = Object.keys(context.lab.traffic);
    mustKnow(context, ['checks', i, 'traffic'], { noun: 'traffic', name: file.traffic, known });
    return [{ ...base, needs: 'observations', traffic: file.traffic, expect: file.expect }];
  }
  if (file.object) return [{ ...base, needs: 'objects', object: file.object }];
  if (file.config) return [{ ...base, needs: 'config', config: file.config }];
  if (file.stats) return [{ ...base, needs: 'stats', stats: file.stats }];
  if (file.analyze) return [{ ...base, needs: 'analysis', analyze: file.analyze }];
  return file.ask ? [{ ...base, needs: 'answer', ask: file.ask }] : [];
}

/** The data planes of a part of the lab: some of the lab's, all of them by default. */
export function planes(
  context: Context,
  own: readonly DataPlane[] | undefined,
  path: readonly (string | number)[],
): readonly DataPlane[] {
  const strange = own?.find((plane) => !context.lab.dataPlanes.includes(plane));
  if (strange)
    refuse(context, path, {
      what: `The lab does not run on ${strange}.`,
      fix: 'Add it to dataPlanes of the lab, or not here.',
    });
  return own ?? context.lab.dataPlanes;
}
