import type { JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { ownSource } from '../endpoints.ts';
import { type Rule, resourcesOf } from '../rule.ts';
import { forEachObject, text } from '../walk.ts';

const fields = ['sdsConfig', 'edsConfig', 'configSource'];

/**
 * Whatever says where configuration comes from (ADS, gRPC to istio-agent, a file) now says: from this run (spike, rules
 * 3 to 6). Left as it was, clusters and listeners would wait forever, or a file of the machine would be read. A secret
 * that only a file holds (`file-cert:…`, `file-root:…`) may never come, so its users wait for 1 s only; connections
 * then fail, as with a missing file.
 */
export const configSources: Rule = {
  name: 'configSources',
  apply(config, { report }) {
    for (const resource of resourcesOf(config)) {
      forEachObject(resource, (object) => {
        for (const field of fields.filter((f) => isObject(object[f]))) {
          object[field] = field === 'sdsConfig' ? secretSource(object, report) : ownSource();
        }
      });
    }
  },
};

function secretSource(use: JsonObject, report: (resource: string, what: string, fix?: string) => void): JsonObject {
  const name = text(use, 'name');
  // A Secret that does not exist holds back its listener, with the default of 15 s in Istio; delivery here takes milliseconds.
  if (/^(kubernetes|kubernetes-gateway|configmap):/.test(name)) return ownSource('1s');
  // The machine's own roots: the run's secret source answers with those of its simulated world.
  if (!name.startsWith('file-') || name === 'file-root:system') return ownSource();
  report(
    name,
    `the credential ${name} is a file of a machine and is not read`,
    'Use credentialName with a Secret, or leave it to the mesh (mode ISTIO_MUTUAL).',
  );
  return ownSource('1s');
}
