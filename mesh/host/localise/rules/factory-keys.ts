import { type Rule, resourcesOf } from '../rule.ts';
import { forEachObject } from '../walk.ts';

/** Filter state factories of Istio's build under the name that upstream Envoy has (spike, rule 8). */
export const factoryKeys: Rule = {
  name: 'factoryKeys',
  apply(config) {
    forEachObject(resourcesOf(config), (object) => {
      if (object.factoryKey === 'istio.hashable_string') object.factoryKey = 'envoy.hashable_string';
    });
  },
};
