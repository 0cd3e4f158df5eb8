import { z } from 'zod';
import type { KindInfo } from '../../mesh/kube/kind-info.ts';
import { kinds as served } from '../../mesh/kube/kinds.ts';
import type { Lab } from '../../runner/lab/lab.ts';
import { solutionFiles } from './lab-page.ts';
import { yamlCollection } from './yaml-collection.ts';

export const kindGroups = {
  istio: 'Istio',
  'gateway-api': 'Gateway API',
  kubernetes: 'Kubernetes',
  labels: 'Labels and annotations',
  envoy: 'Envoy and ztunnel',
} as const;

/** What one data plane does with it: all, a part, only when switched on, nothing. */
const effect = z.strictObject({
  use: z.enum(['yes', 'partly', 'optional', 'no']),
  where: z.string().describe('Which proxies, or why none'),
});

const kindSchema = z.strictObject({
  kind: z.string(),
  group: z.enum(Object.keys(kindGroups) as [keyof typeof kindGroups]),
  apiVersion: z.string().describe('Where it is no API object: where it stands'),
  scope: z.enum(['cluster', 'namespaced', 'none']),
  what: z.string().describe('One or two sentences'),
  named: z.string().optional().describe('Names as proxies show them'),
  by: z.string().describe('Who reads or enforces it; of what istiod makes it, where it is a part of proxies'),
  sidecar: effect,
  ambient: effect,
  status: z.string(),
  note: z.string().optional().describe('What people trip over'),
  example: z.string().optional(),
  fields: z.record(z.string(), z.string()).default({}).describe('Fields one meets most, by path'),
  lessons: z.array(z.string()).default([]),
  codes: z.array(z.string()).default([]).describe('IST codes about it'),
  source: z.string(),
});

export type Effect = z.infer<typeof effect>;
export type KindPage = z.infer<typeof kindSchema> & { id: string };

/** The catalogue: kinds, and the labels and Envoy concepts that act like kinds, by group and name. */
export function kindPages(root = process.cwd()): KindPage[] {
  const order = Object.keys(kindGroups);
  return [...yamlCollection('kinds', kindSchema, root)]
    .map(([id, page]) => ({ id, ...page }))
    .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group) || a.kind.localeCompare(b.kind));
}

/** The row of the mesh in a box for a kind. Undefined for kinds that it does not serve. */
export const servedKind = ({ kind, apiVersion }: Pick<KindPage, 'kind' | 'apiVersion'>): KindInfo | undefined =>
  served.find((info) => info.kind === kind && info.apiVersion === apiVersion);

/** Labs whose solutions contain an object of the kind. */
export const labsWith = ({ kind, apiVersion }: KindPage, labs: readonly Lab[]): Lab[] =>
  labs.filter((lab) =>
    solutionFiles(lab).some(({ files }) =>
      files.some(({ objects }) => objects.some(({ object: o }) => o.kind === kind && o.apiVersion === apiVersion)),
    ),
  );
