import type { Problem } from '../../../mesh/problem.ts';
import type { FieldPath, Lab } from '../../lab/lab.ts';
import type { LintRule } from './rule.ts';

/** Texts are plain Markdown: the page renders no HTML of labs, and a terminal could not. */
export const texts: LintRule = {
  name: 'texts',
  problems: (lab) => textsOf(lab).flatMap(([path, text]) => html(lab, path, text)),
};

const textsOf = (lab: Lab): [FieldPath, string][] => [
  [['title'], lab.title],
  [['task'], lab.task],
  [['debrief'], lab.debrief],
  ...lab.hints.map((hint, i): [FieldPath, string] => [['hints', i, 'say'], hint.say]),
  ...lab.steps.map((step, i): [FieldPath, string] => [['steps', i, 'task'], step.task ?? '']),
];

function html(lab: Lab, path: FieldPath, text: string): Problem[] {
  const prose = text.replace(/```[\s\S]*?```|`[^`]*`/g, '');
  const tag = /<[a-zA-Z!/][^>]*>/.exec(prose)?.[0];
  if (!tag) return [];
  const fix = 'Write Markdown; put code and placeholders between backticks.';
  return [{ what: `The text contains HTML: ${tag}`, where: lab.locate(path), fix }];
}
