import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import type { KubeObject } from '../../mesh/kube/objects.ts';

const headers = z.record(z.string(), z.string());
/** A value, one of several, or null: it must not be there. */
const expectedHeaders = z.record(z.string(), z.union([z.string(), z.array(z.string()), z.null()]));
const secretName = z.string().regex(/^[^.]+\.[^.]+$/);

const request = z.strictObject({
  /** GATEWAY, GATEWAY.NAMESPACE (default infra) or with :PORT; for a pod the authority that it calls. */
  to: z.string().optional(),
  /** APP.NAMESPACE of a pod; default: the world outside. */
  from: z.string().optional(),
  host: z.string().optional(),
  method: z.string().default('GET'),
  path: z.string().default('/'),
  headers: headers.default({}),
  tls: z
    .strictObject({ serverName: z.string().optional(), ca: secretName, certificate: secretName.optional() })
    .optional(),
  times: z.number().int().default(1),
  unit: z.enum(['request', 'connection']).default('request'),
  // What comes back.
  status: z.union([z.number(), z.array(z.number())]).default(200),
  /** Kind of the error, or several that will do. */
  error: z.union([z.string(), z.array(z.string())]).optional(),
  /** APP or APP.NAMESPACE that answered. */
  backend: z.string().optional(),
  /** The request as that app saw it. */
  seen: z
    .strictObject({ host: z.string(), path: z.string(), method: z.string(), headers: expectedHeaders })
    .partial()
    .default({}),
  answer: expectedHeaders.default({}),
  /** Weights of the apps that answer `times` requests. */
  shares: z.record(z.string(), z.number()).optional(),
  /** Apps that get a copy, and of how many of 100 requests. */
  mirrors: z.record(z.string(), z.number()).optional(),
});

/** Condition types to `Status` or `Status Reason`; other fields as they are. */
export type Said = { [field: string]: string | number | boolean | string[] | Said };
const said: z.ZodType<Said> = z.lazy(() =>
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.array(z.string()), said])),
);

const step = {
  requests: z.array(request).default([]),
  /** By `Kind NAMESPACE/NAME`: conditions, and under `listeners` and `parents` those of each. */
  statuses: z.record(z.string(), said).default({}),
};

const table = z.strictObject({
  /** The conformance test that asks for this: file of kubernetes-sigs/gateway-api v1.6.0, conformance/tests. */
  source: z.string().regex(/^(mesh\/)?[\w-]+\.go$/),
  says: z.string(),
  /** Labels and annotations of what istiod makes for a Gateway, by `Kind NAMESPACE/NAME`. */
  made: z.record(z.string(), z.strictObject({ labels: headers, annotations: headers })).default({}),
  /** Default `to` and `from` of the requests. */
  to: z.string().optional(),
  from: z.string().optional(),
  ...step,
  /** Further steps, each after patches and deletions. */
  next: z
    .array(
      z.strictObject({
        patch: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
        delete: z.array(z.string()).default([]),
        ...step,
      }),
    )
    .default([]),
});

export type Request = z.infer<typeof request>;
export interface Step {
  requests: Request[];
  statuses: { [object: string]: Said };
}
export type Table = z.infer<typeof table> & {
  /** File without folder and ending. */
  name: string;
  objects: KubeObject[];
};

export const folder = import.meta.dirname;

export const readObjects = (file: string): KubeObject[] =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((d) => d.toJS() as KubeObject);

/** Every table: the first document of a file says what is asked and expected, the others are objects. */
export const tables: readonly Table[] = readdirSync(join(folder, 'tables'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.yaml'))
  .sort()
  .map((file) => readTable(join(folder, 'tables', file)));

function readTable(file: string): Table {
  const name = relative(join(folder, 'tables'), file).replace(/\.yaml$/, '');
  const [head, ...objects] = readObjects(file);
  const read = table.safeParse(head);
  if (!read.success) throw new Error(`${name}: ${z.prettifyError(read.error)}`);
  return { ...read.data, name, objects };
}
