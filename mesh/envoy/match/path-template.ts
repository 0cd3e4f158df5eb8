import type { JsonObject } from '../../json.ts';
import type { TextMatcher } from './condition.ts';
import { quote } from './condition.ts';
import { refuse, text } from './proto.ts';
import { compileRegex, compileReplaceAll } from './regex.ts';

// envoy.extensions.path.{match,rewrite}.uri_template.v3: `/a/*/{name}/{rest=**}`; the rules are those of
// envoy source/extensions/path/uri_template_lib/uri_template_internal.cc.

// With "*" and "=", beyond the table in the source's older versions (measured on Envoy 1.40).
const pchar = "a-zA-Z0-9\\-._~%!$&'()*+,;:@=";
const globs: { [operator: string]: string } = { '*': `[${pchar}]+`, '**': `[${pchar}/]*` };
const maxVariables = 5;

interface Template {
  pattern: string;
  names: string[];
}

/** A path without its query against a template. Throws a ProblemError for a template that Envoy refuses. */
export function compilePathTemplate(config: JsonObject, pointer: string): TextMatcher {
  const template = text(config, 'pathTemplate');
  return { wants: `matches ${quote(template)}`, test: compileRegex(parseTemplate(template, pointer).pattern) };
}

/** The path that a rewrite template makes of a path that the match template matched. */
export function compileTemplateRewrite(match: string, rewrite: string, pointer: string): (path: string) => string {
  const { pattern, names } = parseTemplate(match, pointer);
  const substitution = rewrite.replace(/\{(\w+)\}/g, (_, name: string) => {
    const group = names.indexOf(name) + 1;
    return group > 0 ? `\\${group}` : refuse(`Nonexisting variable ${name} in ${rewrite}`, pointer);
  });
  return compileReplaceAll(`^${pattern}$`, substitution);
}

function parseTemplate(template: string, pointer: string): Template {
  if (!/^\/[!-~]*$/.test(template)) return refuse(`Invalid pattern: ${template}`, pointer);
  const names: string[] = [];
  // A star is an operator only where a segment starts; elsewhere it reaches the pattern as it is (measured).
  const pieces = template.match(/\{[^}]*\}|(?<=\/)\*\*?|\/|[^/{]+/g) ?? [];
  if (template.includes('//')) return refuse(`Invalid literal: "" in ${template}`, pointer);
  if (template.includes('}{')) return refuse(`Invalid suffix literal: ${template}`, pointer);
  if (pieces.join('') !== template) return refuse(`Unmatched variable bracket: ${template}`, pointer);
  const pattern = pieces.map((piece) => pieceOf(piece, names, pointer)).join('');
  if (names.length > maxVariables) return refuse(`Exceeded variable count limit: ${template}`, pointer);
  if (new Set(names).size < names.length) return refuse(`Repeated variable name: ${template}`, pointer);
  if (/\*\*.*[*{]/.test(template.replace(/\{\w+=/g, '').replaceAll('}', '')))
    return refuse(`Glob after text glob: ${template}`, pointer);
  return { pattern, names };
}

function pieceOf(piece: string, names: string[], pointer: string): string {
  if (globs[piece]) return globs[piece];
  const variable = /^\{([a-zA-Z][a-zA-Z0-9_]{0,15})(?:=(.+))?\}$/.exec(piece);
  if (variable) {
    names.push(variable[1] ?? '');
    const inner = (variable[2] ?? '*').split('/').map((part) => globs[part] ?? literal(part, pointer));
    return `(${inner.join('/')})`;
  }
  return piece === '/' ? '/' : literal(piece, pointer);
}

function literal(piece: string, pointer: string): string {
  if (!new RegExp(`^[${pchar}]+$`).test(piece)) return refuse(`Invalid literal: ${piece}`, pointer);
  return piece.replace(/[$()+.]/g, '\\$&');
}
