import type { Json, JsonObject } from '../../json.ts';
import { refuse } from '../match/proto.ts';
import type { LogSource } from '../types.ts';
import type { Operator, Operators, Read } from './operator.ts';
import { connectionOperators } from './operators/connection.ts';
import { httpOperators } from './operators/http.ts';
import { metadataOperators } from './operators/metadata.ts';
import { timeOperators } from './operators/time.ts';

const operators: Operators = { ...httpOperators, ...connectionOperators, ...metadataOperators, ...timeOperators };

/** A format string cut into literals and compiled operators. */
type Piece = string | Read;

/** Access logs print "-" for what is missing, headers nothing (envoy source/common/formatter, omit_empty_values). */
export type Missing = '-' | '';

/**
 * A format string with command operators: `%NAME%`, `%NAME(ARGUMENT):LENGTH%`, `%%` for a percent sign. Throws a
 * ProblemError for what Envoy refuses, and for operators that are not interpreted here.
 */
export function compileFormat(format: string, pointer: string, missing: Missing = '-'): (source: LogSource) => string {
  const pieces = parse(format, pointer);
  const only = pieces.length === 1 ? pieces[0] : undefined;
  if (pieces.length === 0) return () => '';
  if (typeof only === 'string') return () => only;
  return (source) => {
    let line = '';
    for (const piece of pieces) line += typeof piece === 'string' ? piece : asText(piece(source), missing);
    return line;
  };
}

/**
 * One value of a JSON format: a lone operator keeps its type (numbers, objects, null when missing), mixed text is a
 * string (docs: access_log/usage, "Format dictionaries").
 */
export function compileTyped(format: string, pointer: string): Read {
  const pieces = parse(format, pointer);
  const only = pieces.length === 1 ? pieces[0] : undefined;
  return typeof only === 'function' ? only : compileFormat(format, pointer);
}

/** Whether the format is a constant. */
export const isConstant = (format: string): boolean => !format.includes('%');

function asText(value: Json | undefined, missing: Missing): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return missing;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

// A name, brackets with anything in them that does not end an operator, a length.
const operatorPattern = /%([A-Z0-9_]+)(?:\(([\s\S]*?)\))?(?::(\d+))?%/y;

function parse(format: string, pointer: string): Piece[] {
  const pieces: Piece[] = [];
  let literal = '';
  for (let at = 0; at < format.length; ) {
    const percent = format.indexOf('%', at);
    literal += format.slice(at, percent < 0 ? undefined : percent);
    if (percent < 0) break;
    at = percent + 2;
    if (format[percent + 1] === '%') {
      literal += '%';
      continue;
    }
    operatorPattern.lastIndex = percent;
    const found = operatorPattern.exec(format);
    if (!found)
      return refuse(`Incorrect configuration: ${format}. Couldn't find valid command at position ${percent}`, pointer);
    if (literal !== '') pieces.push(literal);
    literal = '';
    pieces.push(compileOperator(found, pointer));
    at = percent + found[0].length;
  }
  if (literal !== '') pieces.push(literal);
  return pieces;
}

function compileOperator([whole, name = '', argument = '', length]: RegExpExecArray, pointer: string): Read {
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) return refuse(`Not supported field in StreamInfo: ${name}`, pointer);
  const read = withArgument(operator, argument, { whole, pointer });
  if (length === undefined) return read;
  const limit = Number(length);
  return (source) => {
    const value = read(source);
    return typeof value === 'string' ? value.slice(0, limit) : value;
  };
}

function withArgument(operator: Operator, argument: string, at: { whole: string; pointer: string }): Read {
  try {
    return operator(argument);
  } catch (error) {
    if (error instanceof RangeError) return refuse(`${at.whole}: ${error.message}`, at.pointer);
    throw error;
  }
}

/** A JSON format (google.protobuf.Struct of format strings) as one line; keys in order of their bytes. */
export function compileJsonFormat(format: JsonObject, pointer: string): (source: LogSource) => string {
  const value = compileJsonValue(format, pointer);
  return (source) => `${JSON.stringify(value(source) ?? null)}\n`;
}

function compileJsonValue(format: Json | undefined, pointer: string): Read {
  if (typeof format === 'string') {
    const typed = compileTyped(format, pointer);
    return (source) => typed(source) ?? null;
  }
  if (Array.isArray(format)) {
    const all = format.map((item, i) => compileJsonValue(item, `${pointer}/${i}`));
    return (source) => all.map((read) => read(source) ?? null);
  }
  if (typeof format !== 'object' || format === null) return () => format;
  const entries = Object.keys(format)
    .sort()
    .map((key) => [key, compileJsonValue(format[key], `${pointer}/${key}`)] as const);
  return (source) => Object.fromEntries(entries.map(([key, read]) => [key, read(source)]));
}
