/** A fenced block of YAML in a lesson. */
export interface Fence {
  file: string;
  /** Line of its first line of YAML. */
  line: number;
  yaml: string;
  /** `part`: a piece of an object, only read as YAML. A code (IST0101, SCHEMA): wrong on purpose, and found as that. */
  kind: 'whole' | 'part' | { bad: string };
}

const opening = /^( *)```ya?ml(?: +(.*))?$/;

function kindOf(meta: string): Fence['kind'] {
  const bad = /\bbad="([A-Z0-9]+)"/.exec(meta)?.[1];
  if (bad !== undefined) return { bad };
  return /(^| )part( |$)/.test(meta) ? 'part' : 'whole';
}

/** All YAML fences of a text, with their places. */
export function fencesOf(file: string, text: string): Fence[] {
  const lines = text.split('\n');
  return lines.flatMap((line, index) => {
    const [, indent = '', meta = ''] = opening.exec(line) ?? [];
    if (!opening.test(line)) return [];
    const length = lines.slice(index + 1).findIndex((l) => l.trim() === '```');
    const body = lines.slice(index + 1, index + 1 + length).map((l) => l.slice(indent.length));
    return [{ file, line: index + 2, yaml: `${body.join('\n')}\n`, kind: kindOf(meta) }];
  });
}
