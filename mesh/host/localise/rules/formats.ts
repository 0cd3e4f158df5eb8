import type { Json } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { type Rule, resourcesOf } from '../rule.ts';
import { nameOf } from '../walk.ts';

/** Format operators that read a file or the environment; they may stand in any string that is a format. */
export const readingOperator = /%(?:FILE_CONTENT|ENVIRONMENT|SECRET)\b[^%]*%/g;

/** Source: envoyproxy.io, "Access logging", command operators. */
export const formats: Rule = {
  name: 'formats',
  apply(config, { report }) {
    const clean = (value: Json | undefined, resource: string): Json | undefined => {
      if (typeof value === 'string' && value.search(readingOperator) >= 0) {
        report(resource, `the operator in "${value}" was removed: it reads a file or the environment`);
        return value.replaceAll(readingOperator, '-');
      }
      if (Array.isArray(value))
        value.forEach((item, index) => {
          value[index] = clean(item, resource) ?? null;
        });
      else if (isObject(value)) for (const key of Object.keys(value)) value[key] = clean(value[key], resource);
      return value;
    };
    for (const resource of resourcesOf(config)) clean(resource, nameOf(resource));
  },
};
