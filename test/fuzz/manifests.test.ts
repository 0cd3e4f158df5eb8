import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { specialCases } from '../support/fuzz-special.ts';
import type { CaseReport, FuzzOrder } from './report.ts';

const order: FuzzOrder = { meshes: 250, manifests: 8 };
/** No case may be silent for so long; only a hang is. */
const hangs = 60_000;

type Message = { started: string } | { report: CaseReport } | { done: true };

/** All reports; the case in which the thread got stuck is reported as an error. */
function fuzz(): Promise<CaseReport[]> {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: order, execArgv: [] });
  const reports: CaseReport[] = [];
  let current = 'start';
  return new Promise((resolve, reject) => {
    const end = (error?: Error) => {
      clearTimeout(watch);
      void worker.terminate();
      if (error) reject(error);
      else resolve(reports);
    };
    const stuck = () => end(new Error(`${current} hangs`));
    let watch = setTimeout(stuck, hangs);
    worker.on('message', (message: Message) => {
      clearTimeout(watch);
      watch = setTimeout(stuck, hangs);
      if ('started' in message) current = message.started;
      else if ('report' in message) reports.push(message.report);
      else end();
    });
    worker.on('error', end);
  });
}

describe('2 000 mutated manifests and some made by hand', () => {
  let reports: CaseReport[];
  beforeAll(async () => {
    reports = await fuzz();
  }, 300_000);

  const random = () => reports.filter((r) => r.name.startsWith('seed '));

  it('were all run', () => {
    expect(random().reduce((sum, r) => sum + r.manifests, 0)).toBe(2000);
    expect(reports).toHaveLength(order.meshes + Object.keys(specialCases).length);
  });

  it('crash nothing', () => {
    expect(reports.flatMap((r) => (r.error ? `${r.name}: ${r.error}` : []))).toEqual([]);
  });

  it('give refusals and problems that say what is wrong', () => {
    expect(reports.filter((r) => r.nameless > 0)).toEqual([]);
    expect(random().filter((r) => r.refused + r.problems > 0).length).toBeGreaterThan(order.meshes / 2);
  });

  it('are not all refused', () => {
    expect(random().filter((r) => r.refused < r.manifests).length).toBeGreaterThan(order.meshes / 4);
  });

  it('cost about as many steps as sound ones, which take 0.2 million a mesh, and make no more of it', () => {
    const [most, largest] = [Math.max(...random().map((r) => r.steps)), Math.max(...random().map((r) => r.size))];
    expect(most).toBeLessThan(2_000_000);
    expect(largest).toBeLessThan(10_000_000);
  });

  it.each(Object.keys(specialCases))('%s', (name) => {
    const report = reports.find((r) => r.name === name);
    expect(report?.error).toBeUndefined();
    expect(report?.steps).toBeLessThan(20_000_000);
  });
});
