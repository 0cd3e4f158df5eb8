import { isObject, type Json, type JsonObject } from '../../json.ts';
import type { Finding, Field as Given } from '../../kube/schema/field.ts';
import { patchedMessages } from '../model/envoy-filter.ts';
import { canonical, Unreadable } from '../xds/proto/canonical.ts';
import { Messages, messageOf } from '../xds/proto/message.ts';

/** Read when a first EnvoyFilter is judged; what is in it never changes. */
const messages = new Messages();

/** What a patch's value is as a message of Envoy (BuildXDSObjectFromStruct in istio pkg/config/xds/filter_types.go). */
export function patchValueFindings(value: Given, applyTo: string): Finding[] {
  const message = Object.hasOwn(patchedMessages, applyTo)
    ? patchedMessages[applyTo as keyof typeof patchedMessages]
    : undefined;
  if (!message || !isObject(value.value)) return [];
  const type = unknownType(value.value);
  if (type !== undefined) return [value.error(type)];
  const wrong = unreadable(message, value.value);
  if (wrong !== undefined) return [value.error(`Envoy filter: ${wrong}`)];
  // istiod knows fewer fields than a newer Envoy may, so this only warns, and is silent on the rest.
  const unknown = unknownField(message, value.value);
  if (unknown !== undefined) return [value.warn(`Envoy filter: ${unknown}`)];
  const untyped = withoutConfig(message, value.value);
  const words = `using deprecated types by name without typed_config; ${untyped.join(', ')}`;
  return untyped.length > 0 ? [value.warn(words)] : [];
}

/** What is packed must be of a type that istiod has. */
function unknownType(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const url = isObject(value) ? value['@type'] : undefined;
  if (typeof url === 'string' && !url.includes('google.protobuf.') && !messages.fields(messageOf(url))) {
    const hint = url.includes('.v2.') ? ' (hint: try using the v3 XDS API)' : '';
    return `referenced type unknown${hint}: Envoy filter: could not resolve Any message type: ${url}`;
  }
  for (const item of Object.values(value)) {
    const found = unknownType(item ?? null);
    if (found !== undefined) return found;
  }
  return undefined;
}

function unreadable(message: string, value: JsonObject): string | undefined {
  try {
    canonical(messages, message, value);
    return undefined;
  } catch (error) {
    if (error instanceof Unreadable) return error.message;
    throw error;
  }
}

const camelCase = (name: string): string => name.replace(/_+(.?)/g, (_, letter: string) => letter.toUpperCase());

/** The message that an object is, and its own fields: an Any says so itself. */
function fieldsOf(message: string, value: JsonObject): { message: string; own: [string, Json][] } {
  const own = Object.entries(value).filter((e): e is [string, Json] => e[1] !== undefined && e[1] !== null);
  if (message !== 'google.protobuf.Any') return { message, own };
  return { message: messageOf(String(value['@type'] ?? '')), own: own.filter(([name]) => name !== '@type') };
}

function unknownField(of: string, value: Json): string | undefined {
  if (!isObject(value)) return undefined;
  const { message, own } = fieldsOf(of, value);
  const known = messages.fields(message);
  if (!known) return undefined;
  const packed = message === of ? '' : `can't unmarshal Any nested proto ${String(value['@type'])}: `;
  for (const [name, item] of own) {
    const field = known.get(camelCase(name));
    if (!field) return `${packed}unknown field ${JSON.stringify(name)} in ${message}`;
    if (!('message' in field.type)) continue;
    const items = Array.isArray(item) ? item : field.map && isObject(item) ? Object.values(item) : [item];
    for (const one of items) {
      const found = unknownField(field.type.message, one ?? null);
      if (found !== undefined) return `${packed}${found}`;
    }
  }
  return undefined;
}

/** Names of extensions that are only named (recurseMissingTypedConfig in istio pkg/config/validation/envoyfilter); lists are not searched, nor what is packed. */
function withoutConfig(message: string, value: JsonObject): string[] {
  const known = messages.fields(message);
  if (!known) return [];
  const at = new Map(Object.entries(value).map(([name, item]) => [camelCase(name), item]));
  const inside = [...known.values()].flatMap((field) => {
    const item = at.get(field.name);
    if (field.repeated || field.map || !('message' in field.type) || !isObject(item)) return [];
    return withoutConfig(field.type.message, item);
  });
  const named = known.has('typedConfig') && !at.has('typedConfig') && !at.has('configDiscovery');
  return named ? [...inside, String(at.get('name') ?? '')] : inside;
}
