import type { Json, JsonObject } from '../../../json.ts';
import { isObject } from '../../../json.ts';
import { type Field, type Messages, messageOf, structs, wrappers } from './message.ts';

/** Told of each object that was copied, and of each field (or whole object) that came from the patch. */
export interface MergeNotes {
  copied(from: JsonObject, to: JsonObject): void;
  set(object: JsonObject, field?: string): void;
}

export interface Merging {
  messages: Messages;
  /** Lists of the patch replace those that are there, instead of being added to them. */
  replaceLists: boolean;
  notes: MergeNotes;
}

/** Two configurations that are of different messages; protobuf cannot merge them. */
export class Mismatch extends Error {
  constructor(target: string, source: string) {
    super(`a ${source} cannot be merged into a ${target}`);
    this.name = 'Mismatch';
  }
}

/**
 * Protobuf's merge in protojson, as istiod has it (istio pkg/proto/merge): fields that are set win, lists grow, entries of maps are
 * replaced, messages are merged, a Duration or an Any is replaced as a whole. `target` stays as it is.
 */
export function merge(merging: Merging, message: string, target: JsonObject, source: JsonObject): JsonObject {
  const fields = merging.messages.fields(message);
  const out = { ...target };
  merging.notes.copied(target, out);
  for (const [name, value] of Object.entries(source)) {
    const field = fields?.get(name);
    if (value === undefined || !field) continue;
    if (field.oneof > 0)
      for (const other of fields?.values() ?? [])
        if (other.oneof === field.oneof && other.name !== name) delete out[other.name];
    out[name] = mergeField(merging, field, { target: out[name], source: value });
    if (out[name] === value || !('message' in field.type) || field.repeated || field.map) merging.notes.set(out, name);
  }
  return out;
}

interface Values {
  target: Json | undefined;
  source: Json;
}

function mergeField(merging: Merging, field: Field, { target, source }: Values): Json {
  if (target === undefined) return source;
  if (field.repeated && Array.isArray(source)) {
    for (const item of source) if (isObject(item)) merging.notes.set(item);
    return merging.replaceLists || !Array.isArray(target) ? source : [...target, ...source];
  }
  if (field.map) return isObject(target) && isObject(source) ? { ...target, ...source } : source;
  return 'message' in field.type ? mergeMessage(merging, field.type.message, { target, source }) : source;
}

function mergeMessage(merging: Merging, message: string, { target, source }: Values): Json {
  // A wrapper of a zero value has no field that is set, so it changes nothing.
  if (wrappers[message]) return isZero(source) && target !== undefined ? target : source;
  if (!isObject(target) || !isObject(source)) return source;
  if (structs.has(message)) return { ...target, ...source };
  // An Any without fields has no bytes that are set.
  if (message === 'google.protobuf.Any' && target['@type'] === source['@type'])
    return Object.keys(source).length > 1 ? source : target;
  return merging.messages.fields(message) ? merge(merging, message, target, source) : source;
}

const isZero = (value: Json): boolean => value === false || value === 0 || value === '' || value === '0';

/** Merges what is inside of two Any of one message (MergeAnyWithAny in istio pilot/pkg/networking/util); throws Mismatch. */
export function mergeAny(merging: Merging, target: JsonObject, source: JsonObject): JsonObject {
  const [into, from] = [messageOf(String(target['@type'])), messageOf(String(source['@type']))];
  if (into !== from) throw new Mismatch(into, from);
  return merge(merging, into, target, source);
}
