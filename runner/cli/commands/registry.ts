import type { AddCommand } from '../command.ts';
import { addExplain } from './add-explain.ts';
import { addXds } from './add-xds.ts';
import { addAnalyze } from './analyze.ts';
import { addClean } from './clean.ts';
import { addCompletion } from './completion.ts';
import { addDoctor } from './doctor.ts';
import { addLint } from './lint.ts';
import { addList } from './list.ts';
import { addReceipt } from './receipt.ts';
import { addRun } from './run.ts';
import { addSite } from './site.ts';

/** Every command, in the order of the help. A command stands here when it does what it says. */
export const commands: readonly AddCommand[] = [
  addList,
  addRun,
  addXds,
  addExplain,
  addAnalyze,
  addLint,
  addReceipt,
  addSite,
  addDoctor,
  addClean,
  addCompletion,
];
