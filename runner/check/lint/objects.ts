import { type LintRule, soundFiles } from './rule.ts';

/** Every object that is not broken on purpose is one that the API server would take. */
export const objects: LintRule = {
  name: 'objects',
  problems: (lab, { validate }) =>
    soundFiles(lab).flatMap((file) => file.objects.flatMap((source) => validate?.(source) ?? [])),
};
