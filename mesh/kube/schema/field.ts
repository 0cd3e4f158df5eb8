import { isObject, type Json, type JsonObject } from '../../json.ts';
import type { KubeObject } from '../objects.ts';

/** Steps from the root of an object: names and list indices. */
export type Path = readonly (string | number)[];

/** Something wrong (or, as a warning, odd) at one place of an object. */
export interface Finding {
  path: Path;
  /** In the words of whoever refuses it: the API server, a CRD's rule, istiod's webhook. */
  message: string;
  warning?: true;
}

/** Says what is wrong with an object; `previous` is there on updates. */
export type Rule = (object: KubeObject, previous: KubeObject | undefined) => Finding[];

/** `spec.http[0].route[1].weight`; keys that are no plain names are written `["a/b"]`, as field.Path does. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === 'number') return `${text}[${step}]`;
    if (!/^[A-Za-z0-9_-]+$/.test(step)) return `${text}[${step}]`;
    return text === '' ? step : `${text}.${step}`;
  }, '');
}

/**
 * A value inside an object together with its path, so that a check that finds something wrong says where.
 * Reading what is absent, null or of another type gives empty values: types are the schema's business.
 */
export class Field {
  readonly value: Json | undefined;
  readonly path: Path;
  constructor(value: Json | undefined, path: Path = []) {
    this.value = value ?? undefined;
    this.path = path;
  }

  get(name: string): Field {
    return new Field(isObject(this.value) && Object.hasOwn(this.value, name) ? this.value[name] : undefined, [
      ...this.path,
      name,
    ]);
  }

  at(...names: string[]): Field {
    return names.reduce<Field>((field, name) => field.get(name), this);
  }

  get present(): boolean {
    return this.value !== undefined;
  }

  /** Every value at a path like `http[].route[].weight` that is there. */
  select(path: string): Field[] {
    return path
      .split('.')
      .reduce<Field[]>(
        (fields, step) =>
          fields
            .map((field) => field.get(step.replace('[]', '')))
            .flatMap((field) => (step.endsWith('[]') ? field.items() : field.present ? [field] : [])),
        [this],
      );
  }

  /** Elements of a list. */
  items(): Field[] {
    return Array.isArray(this.value) ? this.value.map((item, i) => new Field(item, [...this.path, i])) : [];
  }

  /** Entries of a map. */
  entries(): [string, Field][] {
    return isObject(this.value) ? Object.keys(this.value).map((key) => [key, this.get(key)]) : [];
  }

  get text(): string {
    return typeof this.value === 'string' ? this.value : '';
  }

  get number(): number {
    return typeof this.value === 'number' ? this.value : 0;
  }

  get true(): boolean {
    return this.value === true;
  }

  /** The number of elements or entries. */
  get size(): number {
    if (Array.isArray(this.value)) return this.value.length;
    return isObject(this.value) ? Object.keys(this.value).length : 0;
  }

  error(message: string): Finding {
    return { path: this.path, message };
  }

  warn(message: string): Finding {
    return { path: this.path, message, warning: true };
  }

  /** A finding when `wrong`, else nothing: lets a check be a list of sentences. */
  when(wrong: boolean, message: string): Finding[] {
    return wrong ? [this.error(message)] : [];
  }
}

/** The root of an object. */
export const fieldOf = (object: object): Field => new Field(object as JsonObject);
