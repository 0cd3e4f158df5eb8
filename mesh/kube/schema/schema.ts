export type SchemaType =
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'object'
  | 'array'
  | 'int-or-string'
  /** A Quantity such as `100m` or 0.5. */
  | 'number-or-string'
  /** Nothing is known and everything is accepted (x-kubernetes-preserve-unknown-fields without a type). */
  | 'any';

/**
 * A structural schema, as much of it as admission needs. An object has `fields` (all others are unknown fields),
 * or `values` (a map), or neither (unknown fields are preserved). Constraints are those of OpenAPI v3.
 */
export interface Schema {
  type: SchemaType;
  fields?: { [name: string]: Schema };
  values?: Schema;
  items?: Schema;
  required?: string[];
  /** Each group: at most one of these fields may be set (OpenAPI oneOf over `required`). */
  exclusive?: string[][];
  /** Each group: at least one of these fields must be set. */
  oneRequired?: string[][];
  /** A list whose items must differ by these fields, or as a whole where there are none (x-kubernetes-list-type map and set). */
  unique?: string[];
  enum?: (string | number)[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  minProperties?: number;
  maxProperties?: number;
  pattern?: string;
  format?: string;
}

/** Schemas by kind of one API group; `Group.gen.ts` files and hand-written ones have this shape. */
export type Schemas = { [kind: string]: Schema };
