import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { longFlags } from '../../mesh/envoy/log/response-flags.ts';

const proof = z.union([
  z.strictObject({ lab: z.string(), check: z.string() }),
  z.strictObject({ golden: z.string() }),
  z.strictObject({ explain: z.string() }),
]);

const flagSchema = z.strictObject({
  flag: z.string(),
  often: z.boolean().default(false),
  means: z.string(),
  do: z.string(),
  proof: proof.optional(),
});

const failureSchema = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  situation: z.string(),
  sees: z.string().describe('What the client sees'),
  log: z.string().default('').describe('What the proxy that decided writes, after the flags'),
  flags: z.array(z.string()),
  proof,
});

const portsSchema = z.strictObject({
  title: z.string(),
  ports: z.array(z.strictObject({ port: z.int(), protocol: z.string(), who: z.string(), what: z.string() })).min(1),
});

const elsewhereSchema = z.strictObject({
  code: z.string().regex(/^IST\d{4}$/),
  name: z.string(),
  level: z.enum(['Error', 'Warning', 'Info']),
  means: z.string(),
  why: z.string().describe('Why our analyzers do not raise it'),
});

export type Failure = z.infer<typeof failureSchema>;
export type Flag = z.infer<typeof flagSchema> & { long: string };
export type PortGroup = z.infer<typeof portsSchema>;
export type CodeElsewhere = z.infer<typeof elsewhereSchema>;

const read = <T>(name: string, schema: z.ZodType<T>, root: string): T[] =>
  z.array(schema).parse(parse(readFileSync(join(root, 'content/reference', `${name}.yaml`), 'utf8')));

/** Envoy's response flags with their long names, those first that one meets with Istio. Throws for a flag that Envoy does not have. */
export function flags(root = process.cwd()): Flag[] {
  const names: { readonly [flag: string]: string } = longFlags;
  return read('flags', flagSchema, root).map((row) => {
    const long = names[row.flag];
    if (long === undefined) throw new Error(`content/reference/flags.yaml: Envoy has no flag ${row.flag}`);
    return { ...row, long };
  });
}

export const failures = (root = process.cwd()): Failure[] => read('failures', failureSchema, root);
export const portGroups = (root = process.cwd()): PortGroup[] => read('ports', portsSchema, root);
export const codesElsewhere = (root = process.cwd()): CodeElsewhere[] => read('codes-elsewhere', elsewhereSchema, root);
