import type { Json } from '../../json.ts';
import type { LogSource } from '../types.ts';

/** The value of one operator; undefined when there is none ("-" in text, null in JSON). */
export type Read = (source: LogSource) => Json | undefined;

/** Compiles an operator with what stands in its brackets ('' when nothing). Throws a RangeError for bad arguments. */
export type Operator = (argument: string) => Read;

export type Operators = { readonly [name: string]: Operator };

/** An operator without arguments. */
export const plain =
  (read: Read): Operator =>
  () =>
    read;
