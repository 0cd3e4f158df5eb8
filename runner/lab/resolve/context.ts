import type { Problem } from '../../../mesh/problem.ts';
import type { FieldPath, ManifestFile } from '../lab.ts';
import { suggestion } from '../nearest.ts';
import type { LabFile } from '../schema.ts';
import { locate, type YamlDocument } from '../yaml.ts';

/** What the parts of the resolver share: the lab as written, its loaded files, and the problems found so far. */
export interface Context {
  readonly lab: LabFile;
  readonly document: YamlDocument;
  readonly files: ReadonlyMap<string, ManifestFile>;
  readonly problems: Problem[];
}

/** Notes a problem at a place of lab.yaml. */
export function refuse(context: Context, path: FieldPath, { what, fix }: { what: string; fix?: string }): void {
  context.problems.push({ what, where: locate(context.document, path), ...(fix !== undefined && { fix }) });
}

/** The loaded files of a list; a file that could not be loaded has its problem already. */
export const filesOf = ({ files }: Context, names: readonly string[]): ManifestFile[] =>
  names.flatMap((name) => files.get(name) ?? []);

/** Refuses a name that is not among the known ones. */
export function mustKnow(
  context: Context,
  path: FieldPath,
  { noun, name, known }: { noun: string; name: string; known: readonly string[] },
): boolean {
  if (known.includes(name)) return true;
  refuse(context, path, { what: `There is no ${noun} \`${name}\`.`, fix: suggestion(name, known) });
  return false;
}
