import { z } from 'zod';
import { duration, identifier, rate, secretName, workload } from './units.ts';

const tlsSchema = z
  .strictObject({
    serverName: z.string().optional().describe('Name of the server (SNI); default: the Host header.'),
    insecure: z.boolean().optional().describe('Takes any certificate, as `curl -k`.'),
    ca: secretName.optional().describe('Whom to trust: ca.crt or cacert of this Secret, else its certificate.'),
    certificate: secretName.optional().describe('The certificate of the client: tls.crt and tls.key of this Secret.'),
  })
  .describe('How a client at the edge speaks TLS; for https only.');

export const requestSchema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .describe(
        'What is called. From `edge`, the host is SERVICE.NAMESPACE of the gateway, reached from outside; the Host header names the site.',
      ),
    method: z
      .string()
      .regex(/^[A-Z]+$/, 'is not a method in upper case')
      .default('GET')
      .describe('HTTP method.'),
    headers: z.record(z.string(), z.string()).default({}).describe('Headers, host included.'),
    body: z.string().optional().describe('Body of the request.'),
    tls: tlsSchema.optional(),
    timeout: duration.default('10s').describe('After this time the client gives up (ETIMEDOUT).'),
  })
  .describe('One HTTP request.');

export const trafficSchema = z
  .strictObject({
    from: workload.describe('Who sends; `edge` is a client outside of the cluster.'),
    request: requestSchema,
    unit: z
      .enum(['request', 'connection'])
      .default('request')
      .describe('What one observation is. connection: a new one for each call, as L4-only paths need.'),
    requests: z.int().min(1).optional().describe('Ends after so many.'),
    for: duration.optional().describe('Ends after this time.'),
    until: z
      .enum(['decided', 'stopped'])
      .optional()
      .describe('decided: when the statistical checks have enough. stopped: runs beside the steps until `stop`.'),
    atMost: z
      .int()
      .min(1)
      .default(20_000)
      .describe('Cap of `until: decided`; a check that is not decided by then is undecided, which is not passed.'),
    rate: rate.optional().describe('How many per second; as fast as the answers come when absent.'),
    concurrency: z.int().min(1).max(256).default(1).describe('How many are under way at once.'),
    answeredBy: identifier
      .optional()
      .describe(
        'The app whose identify rules read version and pod; default: the app that owns the Service of the url.',
      ),
  })
  .superRefine((traffic, ctx) => {
    const ends = (['requests', 'for', 'until'] as const).filter((key) => traffic[key] !== undefined);
    if (ends.length !== 1)
      ctx.addIssue({ code: 'custom', message: 'needs exactly one end: requests, for, or until (decided, stopped)' });
    if (traffic.request.tls && traffic.from !== 'edge')
      ctx.addIssue({ code: 'custom', message: '`tls` of a request goes with `from: edge`; in the mesh proxies do it' });
  })
  .describe('One stream of requests.');

export type TrafficFile = z.infer<typeof trafficSchema>;
