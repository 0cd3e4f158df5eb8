import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { forbidden } from '../forbidden.ts';
import { isBelow } from '../paths.ts';
import type { LocalConfig } from '../place.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { allowedTypes } from '../types.ts';
import { freeJson, messageMaps, nameOf } from '../walk.ts';

const kinds = ['listeners', 'routes', 'clusters', 'endpoints', 'extensionConfigs'] as const;

/**
 * The allow-list for what no other rule has touched: unknown messages, files outside of the pod's folder and the
 * forbidden fields are removed, each with a problem. What cannot be left out alone takes the smallest list element
 * around it along, at most the whole resource; so nothing stays that means something else than it says.
 */
export const confine: Rule = {
  name: 'confine',
  apply(config: LocalConfig, context) {
    for (const kind of kinds) {
      config[kind] = config[kind].filter((resource) => keep(resource, { context, resource: nameOf(resource) }));
    }
  },
};

interface At {
  context: RuleContext;
  resource: string;
}

/** Cleans a value in place; false when it cannot stay. */
function keep(value: Json | undefined, at: At): boolean {
  if (Array.isArray(value)) {
    const kept = value.filter((item) => keep(item, at));
    if (kept.length < value.length) value.splice(0, value.length, ...kept);
    return true;
  }
  return isObject(value) ? keepObject(value, at) : true;
}

function keepObject(object: JsonObject, at: At): boolean {
  const type = object['@type'];
  if (type !== undefined && (typeof type !== 'string' || !allowedTypes.has(type))) {
    at.context.report(at.resource, `${type} was removed: it is not among the extensions that run here`);
    return false;
  }
  return Object.entries(object).every(([field, value]) => keepField(object, { field, value }, at));
}

function keepField(object: JsonObject, entry: { field: string; value: Json | undefined }, at: At): boolean {
  const { field, value } = entry;
  if (freeJson.has(field)) return true;
  const ban = forbidden[field];
  if (ban !== undefined) {
    at.context.report(at.resource, `${field} was removed: it ${ban.why}`);
    if (ban.remedy === 'element') return false;
    delete object[field];
    return true;
  }
  if (field === 'filename' && !(typeof value === 'string' && isBelow(at.context.place.podFolder, value))) {
    at.context.report(at.resource, `the file ${value} is not read: it is outside of the pod’s folder`);
    return false;
  }
  if (!messageMaps.has(field) || !isObject(value)) return keep(value, at);
  // An entry of a map can go alone; its key is a name, whatever it looks like.
  for (const [name, message] of Object.entries(value)) if (!keep(message, at)) delete value[name];
  return true;
}
