import { isObject } from '../../../json.ts';
import { type Rule, resourcesOf } from '../rule.ts';
import { forEachObject } from '../walk.ts';

/**
 * A Wasm module runs in V8's sandbox, without native code compiled beforehand and without variables of the machine.
 * That Envoy never fetches one itself (spike, rule 10) and loads only from the pod's folder, is confine's work.
 */
export const wasm: Rule = {
  name: 'wasm',
  apply(config) {
    for (const resource of resourcesOf(config)) {
      forEachObject(resource, (object) => {
        if (!isObject(object.vmConfig)) return;
        const vm = object.vmConfig;
        vm.runtime = 'envoy.wasm.runtime.v8';
        delete vm.allowPrecompiled;
        if (isObject(vm.environmentVariables)) delete vm.environmentVariables.hostEnvKeys;
      });
    }
  },
};
