import { parsePath } from '../../lab/path.ts';
import { type LintRule, soundFiles } from './rule.ts';

/** Every object that is not broken on purpose is one that the API server would take. */
export const objects: LintRule = {
  name: 'objects',
  problems: (lab, { validate }) =>
    soundFiles(lab).flatMap((file) =>
      file.objects.flatMap(({ object, locate }) =>
        (validate?.(object) ?? []).map(({ field, message }) => ({
          what: `${object.kind} ${object.metadata.name}: ${field ? `${field}: ` : ''}${message}`,
          where: locate(parsePath(field)),
        })),
      ),
    ),
};
