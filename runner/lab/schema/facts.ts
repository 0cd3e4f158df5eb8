import { z } from 'zod';
import { atLeastOne, workload } from './units.ts';

/** Facts about objects, proxies' configuration and statistics; used by checks, by `await` and by faults' tools. */

const range = {
  min: z.number().optional().describe('Not less.'),
  max: z.number().optional().describe('Not more.'),
};
const countRange = z
  .strictObject(range)
  .superRefine(atLeastOne(['min', 'max']))
  .describe('Bounds, both inclusive.');

const condition = z
  .strictObject({
    status: z.enum(['True', 'False', 'Unknown']).describe('The status of the condition.'),
    reason: z.string().optional().describe('The reason of the condition.'),
  })
  .describe('One entry of status.conditions.');

/** A dotted path inside an object: `spec.replicas`, `status.containerStatuses[0].ready`. */
const fieldPath = z.string().regex(/^[\w$/.[\]"'-]+$/, 'is not a path such as status.phase');

export const objectFacts = z
  .strictObject({
    apiVersion: z.string().describe('apiVersion of the objects.'),
    kind: z.string().describe('Kind of the objects.'),
    namespace: z.string().default('default').describe('Their namespace; ignored for cluster-scoped kinds.'),
    name: z.string().optional().describe('The name of one object.'),
    selector: z.string().optional().describe('A label selector: app=reviews,version in (v1,v2).'),
    count: countRange.optional().describe('How many there are; at least one when absent. {max: 0}: none.'),
    fields: z
      .record(fieldPath, z.json())
      .optional()
      .describe(
        'Values that every one of them has, by dotted path, e.g. spec.replicas: 2; null: the field is not there.',
      ),
    conditions: z.record(z.string(), condition).optional().describe('Conditions that every one has, by type.'),
    unchanged: z
      .array(fieldPath)
      .optional()
      .describe('Paths whose values are those from before the step, e.g. metadata.uid: no pod was replaced.'),
  })
  .describe('Facts about Kubernetes objects.');

const routeFacts = z
  .strictObject({
    host: z.string().describe('A domain of the virtual host, e.g. customers or its full name.'),
    port: z.int().optional().describe('Port of the domain, when the host has several.'),
    weights: z
      .record(z.string(), z.number())
      .optional()
      .describe('Weights of the first route of the host by subset (or by full cluster name), relative to their sum.'),
    cluster: z.string().optional().describe('The one cluster to which the first route of the host goes.'),
  })
  .describe('Facts about the route of a host.');

const clusterFacts = z
  .strictObject({
    name: z.string().describe('Full name: outbound|80|v1|customers.default.svc.cluster.local.'),
    absent: z.literal(true).optional().describe('The proxy has no such cluster.'),
    lbPolicy: z.string().optional().describe('Its load balancing policy, e.g. ROUND_ROBIN.'),
    mtls: z.boolean().optional().describe('Whether it can speak Istio mutual TLS (auto mTLS counts).'),
  })
  .describe('Facts about a cluster.');

const listenerFacts = z
  .strictObject({
    name: z.string().describe('Its name, e.g. 0.0.0.0_80 or virtualInbound.'),
    absent: z.literal(true).optional().describe('The proxy has no such listener.'),
  })
  .describe('Facts about a listener.');

const endpointFacts = z
  .strictObject({
    cluster: z.string().describe('Full name of the cluster.'),
    count: countRange.optional().describe('How many endpoints it has.'),
    healthy: countRange.optional().describe('How many of them are healthy and not ejected.'),
  })
  .superRefine(atLeastOne(['count', 'healthy']))
  .describe('Facts about the endpoints of a cluster.');

const certificateFacts = z
  .strictObject({ san: z.string().describe('URI in its subject alternative name: spiffe://cluster.local/ns/…') })
  .describe('Facts about the workload certificate of the proxy.');

export const configParts = {
  route: routeFacts.optional(),
  cluster: clusterFacts.optional(),
  listener: listenerFacts.optional(),
  endpoints: endpointFacts.optional(),
  certificate: certificateFacts.optional(),
};

export const configFacts = z
  .strictObject({
    proxy: workload.describe('Whose proxy; every pod of the workload is asked.'),
    ...configParts,
  })
  .superRefine(atLeastOne(Object.keys(configParts)))
  .describe('Facts about the configuration of a proxy, as its admin interface tells them.');

export const statsFacts = z
  .strictObject({
    proxy: workload.describe('Whose proxy (ztunnel.istio-system is one too); the sum over its pods is taken.'),
    matching: z.string().describe('A regular expression on the names of the counters; their values are summed.'),
    sum: countRange.optional().describe('Bounds of the sum.'),
    increase: countRange.optional().describe('Bounds of its growth since the step began.'),
  })
  .superRefine(atLeastOne(['sum', 'increase']))
  .describe('Facts about the statistics of a proxy.');

export const istCode = z.string().regex(/^IST\d{4}$/, 'is not a code such as IST0101');

export const analyzeFacts = z
  .strictObject({
    code: istCode.describe('Code of mesh-labs analyze, e.g. IST0132.'),
    kind: z.string().optional().describe('Kind of the object that it is about; any kind when absent.'),
    namespace: z.string().default('default').describe('Namespace of that object; for cluster-scoped kinds: default.'),
    name: z.string().optional().describe('Its name; any when absent.'),
    absent: z.literal(true).optional().describe('The analysis does not say so.'),
  })
  .describe('What mesh-labs analyze says about the objects of the mesh.');

/** What the engine can compute of one call, and so compare with a typed answer. */
export const answerParts = ['listener', 'route', 'virtual-host', 'cluster', 'endpoint', 'server-san'] as const;

export const ask = z
  .strictObject({
    question: z.string().describe('What the learner is asked, in Markdown.'),
    part: z.enum(answerParts).describe('Which part of the way of the call is the answer; the engine computes it.'),
    from: workload.describe('Who calls.'),
    url: z.url().describe('What is called.'),
    wrong: z.array(z.string()).min(1).describe('Wrong answers that people give; each must be rejected.'),
  })
  .describe('A question that the learner answers by typing; any of the computed values is right.');

export type ObjectFacts = z.infer<typeof objectFacts>;
export type ConfigFacts = z.infer<typeof configFacts>;
export type StatsFacts = z.infer<typeof statsFacts>;
export type AnalyzeFacts = z.infer<typeof analyzeFacts>;
export type Ask = z.infer<typeof ask>;
export type CountRange = z.infer<typeof countRange>;
