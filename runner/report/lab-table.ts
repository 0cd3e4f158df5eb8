import type { Lab } from '../lab/lab.ts';
import { type Output, paintFor } from './output.ts';

export type LabLine = Pick<Lab, 'id' | 'title' | 'module' | 'level' | 'minutes' | 'tier' | 'dataPlanes' | 'exam'>;

/** Labs by module, one line each: what to type, what it is about, what it asks for. */
export function labTable(labs: readonly LabLine[], out: Output): string {
  const paint = paintFor(out);
  const width = Math.max(...labs.map(({ id }) => id.length));
  const titles = Math.max(...labs.map(({ title }) => title.length));
  const line = ({ id, title, level, minutes, dataPlanes }: LabLine) =>
    `  ${paint('cyan', id.padEnd(width))}  ${title.padEnd(titles)}  ${paint('dim', `${level}, ${minutes} min, ${dataPlanes.join(' and ')}`)}`;
  const modules = Map.groupBy(labs, ({ module }) => module);
  const blocks = [...modules].map(([module, of]) => [paint('bold', module), ...of.map(line)].join('\n'));
  const count = labs.length === 1 ? '1 lab' : `${labs.length} labs`;
  return `${blocks.join('\n\n')}\n\n${count}. ${paint('dim', 'mesh-labs run LAB shows one of them being proved.')}\n`;
}
