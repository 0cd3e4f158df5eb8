import type { Problem } from '../../mesh/problem.ts';
import type { Lab } from '../lab/lab.ts';
import { control } from './lint/control.ts';
import { ids } from './lint/ids.ts';
import { needs } from './lint/needs.ts';
import { objects } from './lint/objects.ts';
import { provable } from './lint/provable.ts';
import { proven } from './lint/proven.ts';
import type { LintRule, LintTools } from './lint/rule.ts';
import { sample } from './lint/sample.ts';
import { senders } from './lint/senders.ts';
import { texts } from './lint/texts.ts';
import { traffic } from './lint/traffic.ts';
import { identified } from './lint/versions.ts';

/** Every rule, in the order of their reports. What the schema and the loader refuse never gets here. */
export const lintRules: readonly LintRule[] = [
  ids,
  control,
  provable,
  proven,
  traffic,
  senders,
  sample,
  identified,
  needs,
  objects,
  texts,
];

/** What is wrong with a lab that can be loaded. Rules on checks live beside the checks, hence this folder. */
export const lintLab = (lab: Lab, tools: LintTools = {}): Problem[] =>
  lintRules.flatMap((rule) => rule.problems(lab, tools));
