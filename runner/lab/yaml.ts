import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseAllDocuments } from 'yaml';
import type { Problem, Where } from '../../mesh/problem.ts';
import type { FieldPath } from './lab.ts';

/** A YAML document that knows where each of its values stands. */
export interface YamlDocument {
  file: string;
  value: unknown;
  yaml: Document;
  lines: LineCounter;
}

/** Parses a file of one or more documents (empty ones are left out). Syntax errors become problems with their position. */
export function parseYaml(text: string, file: string): { documents: YamlDocument[]; problems: Problem[] } {
  const lines = new LineCounter();
  const parsed = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  const all = 'empty' in parsed ? [] : parsed;
  const problems = all.flatMap((yaml) =>
    yaml.errors.map((error): Problem => {
      const { line, col } = lines.linePos(error.pos[0]);
      return {
        what: `This is not YAML: ${error.message}`,
        where: { file, line, column: col },
        fix: syntaxFix(error.code),
      };
    }),
  );
  if (problems.length > 0) return { documents: [], problems };
  try {
    const documents = all.flatMap((yaml) => {
      const value: unknown = yaml.toJS();
      return value === null || value === undefined ? [] : [{ file, value, yaml, lines }];
    });
    return { documents, problems };
  } catch (error) {
    // The library refuses aliases that lead nowhere or that multiply without end.
    return { documents: [], problems: [{ what: `This YAML cannot be read: ${String(error)}`, where: { file } }] };
  }
}

/** Fixes for the slips that are made most; other codes are clear by their message. */
function syntaxFix(code: string): string {
  const fixes: { [code: string]: string } = {
    TAB_AS_INDENT: 'Indent with spaces.',
    DUPLICATE_KEY: 'Keep one of the two.',
    BAD_INDENT: 'Indent this line like its neighbours.',
    MISSING_CHAR: 'Close the quote or bracket that was opened before.',
    BLOCK_AS_IMPLICIT_KEY: 'Put a text that contains ": " in quotes, and nested keys on lines of their own.',
    MULTILINE_IMPLICIT_KEY: 'Write the key on one line, with a colon and a space behind it.',
  };
  return fixes[code] ?? 'Check indentation, colons and quotes here.';
}

/**
 * Position of the value at a path, or of its key when `part` says so; where the path leaves the document, the position of
 * the last value that is there.
 */
export function locate(document: YamlDocument, path: FieldPath, part: 'key' | 'value' = 'value'): Where {
  const { file, lines } = document;
  const node = find(document, path, part);
  const offset = node?.range?.[0] ?? 0;
  const { line, col } = lines.linePos(offset);
  return { file, line, column: col };
}

function find({ yaml }: YamlDocument, path: FieldPath, part: 'key' | 'value'): Node | undefined {
  let at = yaml.contents as Node | null;
  for (const [depth, key] of path.entries()) {
    const holder: Node | null | undefined = isAlias(at) ? at.resolve(yaml) : at;
    if (isMap(holder)) {
      const pair = holder.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (!pair) break;
      if (part === 'key' && depth === path.length - 1) return pair.key as Node;
      at = (pair.value as Node | null) ?? (pair.key as Node);
    } else if (isSeq(holder) && typeof key === 'number' && holder.items[key]) at = holder.items[key] as Node;
    else break;
  }
  return at ?? undefined;
}
