import { envoyMessages } from './messages.gen.ts';

export type Scalar = 'string' | 'bytes' | 'bool' | 'number' | 'long' | 'null';

/** One field of a message. */
export interface Field {
  name: string;
  repeated: boolean;
  map: boolean;
  type: { scalar: Scalar } | { message: string } | { values: ReadonlyMap<string, number> };
  /** A zero value is not the same as none. */
  presence: boolean;
  /** Fields of one number exclude each other. */
  oneof: number;
}
export type Fields = ReadonlyMap<string, Field>;

/** Envoy's messages by full name, as protobuf knows them; each is read when it is first asked for. */
export class Messages {
  #table: { lines: readonly string[]; numbers: ReadonlyMap<string, number> } | undefined;
  readonly #read = new Map<string, Fields>();

  /** Undefined for a message that istiod does not know either. */
  fields(name: string): Fields | undefined {
    const known = this.#read.get(name);
    if (known) return known;
    const { lines, numbers } = this.#lines();
    const number = numbers.get(name);
    if (number === undefined) return undefined;
    const [, ...parts] = (lines[number] ?? '').split(' ');
    const fields = new Map(parts.map((part) => this.#field(part)).map((field) => [field.name, field]));
    this.#read.set(name, fields);
    return fields;
  }

  /** Most meshes have no EnvoyFilter, so that nothing is read before somebody asks. */
  #lines(): { lines: readonly string[]; numbers: ReadonlyMap<string, number> } {
    if (this.#table) return this.#table;
    const lines = envoyMessages.split('\n');
    this.#table = { lines, numbers: new Map(lines.map((line, i) => [line.split(' ', 1)[0] ?? '', i])) };
    return this.#table;
  }

  /** `name:type`, where a type may begin with [] or {} (list, map) and end with ? (presence) or |n (oneof). */
  #field(text: string): Field {
    const [, name = '', kind = '', type = '', mark = ''] = /^(\w+):(\[\]|\{\})?([^?|]+)(.*)$/.exec(text) ?? [];
    return {
      name,
      repeated: kind === '[]',
      map: kind === '{}',
      type: this.#type(type),
      presence: mark !== '' || type.startsWith('.'),
      oneof: mark.startsWith('|') ? Number(mark.slice(1)) : 0,
    };
  }

  /** `.@1f` and `!@1f` are the message and the enumeration of a line; `.Duration` is one of protobuf's own. */
  #type(text: string): Field['type'] {
    if (text.startsWith('!')) return { values: this.#values(this.#lineOf(text)) };
    if (text.startsWith('.@')) return { message: this.#lineOf(text).split(' ', 1)[0] ?? '' };
    if (text.startsWith('.')) return { message: `google.protobuf.${text.slice(1)}` };
    return { scalar: text as Scalar };
  }

  #lineOf = (reference: string): string => this.#lines().lines[Number.parseInt(reference.slice(2), 36)] ?? '';

  #values(line: string): ReadonlyMap<string, number> {
    const [, ...parts] = line.split(' ');
    return new Map(parts.map((part) => part.split('=')).map(([name = '', number]) => [name, Number(number)]));
  }
}

/** Protobuf's wrappers: a scalar that may be absent. */
export const wrappers: { [message: string]: Scalar } = {
  'google.protobuf.BoolValue': 'bool',
  'google.protobuf.BytesValue': 'bytes',
  'google.protobuf.DoubleValue': 'number',
  'google.protobuf.FloatValue': 'number',
  'google.protobuf.Int32Value': 'number',
  'google.protobuf.Int64Value': 'long',
  'google.protobuf.StringValue': 'string',
  'google.protobuf.UInt32Value': 'number',
  'google.protobuf.UInt64Value': 'long',
};

/** Messages of protobuf's own that are any JSON. */
export const structs = new Set(['google.protobuf.Struct', 'google.protobuf.Value', 'google.protobuf.ListValue']);

/** `envoy.config.core.v3.Node` of `type.googleapis.com/envoy.config.core.v3.Node`. */
export const messageOf = (typeUrl: string): string => typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
