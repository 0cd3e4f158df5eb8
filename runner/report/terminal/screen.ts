import type { RunEvent } from '../../plan/events.ts';
import type { Plan } from '../../plan/plan.ts';
import type { RunResult } from '../../plan/result.ts';
import { type Output, paintFor } from '../output.ts';
import type { Ticker } from '../ticker.ts';
import { endBlock, phaseBlock, titleBlock } from './blocks.ts';
import { checksLines, controlLines, type MutantColumns, mutantLines } from './lines.ts';
import { wrap } from './wrap.ts';

export interface ScreenOptions {
  out: Output;
  ticker: Ticker;
  /** Lines are kept back until a run has ended: several runs go on at once. */
  together: boolean;
  /** What to try next, for a run that failed. */
  advice(result: RunResult): string | undefined;
}

type Handlers = { [K in RunEvent['type']]: (event: Extract<RunEvent, { type: K }>) => void };

/** Turns events into lines: elapsed time, phase, what it came to; the checks below their phase. */
export function createScreen({ out, ticker, together, advice }: ScreenOptions): (event: RunEvent) => void {
  const paint = paintFor(out);
  const held: string[] = [];
  let details: string[] = [];
  let phase = '';
  let columns: MutantColumns = { id: 0, check: 0 };
  const flush = (lines: readonly string[]) => {
    ticker.clear();
    // A log is searched by line; only a screen has an edge.
    const rows = out.terminal ? lines.flatMap((line) => wrap(line, out.columns)) : lines;
    if (rows.length > 0) out.write(`${rows.join('\n')}\n`);
  };
  const write = (lines: readonly string[]) => (together ? void held.push(...lines) : flush(lines));
  const wait = (text: string) => together || ticker.show(text);
  const handlers: Handlers = {
    run: ({ plan }) => {
      columns = columnsOf(plan);
      write(titleBlock(plan, paint));
    },
    phase: (event) => {
      phase = event.phase.title;
      wait(phase);
    },
    step: ({ text }) => wait(`${phase}: ${text}`),
    checks: ({ checks }) => details.push(...checksLines(checks, paint)),
    controls: ({ controls }) => details.push(...controlLines(controls, paint)),
    mutant: (event) => details.push(...mutantLines(event, columns, paint)),
    'phase-end': (event) => {
      write(phaseBlock(event, details, paint));
      details = [];
    },
    'run-end': ({ result }) => {
      write(endBlock(result, result.verdict === 'failed' ? advice(result) : undefined, paint));
      if (together) flush(held.splice(0));
    },
  };
  return (event) => handlers[event.type](event as never);
}

function columnsOf({ phases }: Plan): MutantColumns {
  const mutants = phases.filter(({ kind }) => kind === 'mutant');
  return {
    id: Math.max(0, ...mutants.map(({ id }) => id.length - 'mutant:'.length)),
    check: Math.max(0, ...mutants.map(({ expect }) => expect?.fails[0]?.length ?? 0)),
  };
}
