import { isObject } from '../../../json.ts';
import type { Rule } from '../rule.ts';
import { forEachObject, nameOf, objects } from '../walk.ts';

/** A filter whose configuration is delivered apart (ECDS) would hold back its listener for ever if that never comes. */
export const extensions: Rule = {
  name: 'extensions',
  apply(config, { report }) {
    const known = new Set(config.extensionConfigs.map(nameOf));
    forEachObject(config.listeners, (object) => {
      for (const field of ['filters', 'httpFilters'].filter((f) => Array.isArray(object[f]))) {
        object[field] = objects(object[field]).filter((filter) => {
          if (!isObject(filter.configDiscovery) || known.has(nameOf(filter))) return true;
          report(nameOf(filter), 'the filter was removed: its configuration is missing');
          return false;
        });
      }
    });
  },
};
