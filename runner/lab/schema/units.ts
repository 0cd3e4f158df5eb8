import { z } from 'zod';

/** Strings that carry their unit, and names. Kept as strings here; `milliseconds` and its like turn them into numbers. */

const unitMs: { [unit: string]: number } = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A length of time with its unit: `300ms`, `5s`, `1.5s`, `2m`, `24h`. */
export const duration = z
  .string()
  .regex(/^\d+(\.\d+)?(ms|s|m|h)$/, 'is not a duration: write a number with ms, s, m or h, e.g. 5s')
  .meta({ id: 'Duration', description: 'A length of time with its unit: 300ms, 5s, 2m, 24h.' });

/** Requests per second, e.g. `10/s`. */
export const rate = z
  .string()
  .regex(/^\d+(\.\d+)?\/s$/, 'is not a rate: write requests per second, e.g. 10/s')
  .meta({ id: 'Rate', description: 'Requests per second: 10/s.' });

/** A share with its unit, e.g. `99%`. */
export const percent = z
  .string()
  .regex(/^\d+(\.\d+)?%$/, 'is not a percentage: write a number with %, e.g. 99%')
  .meta({ id: 'Percent', description: 'A percentage with its sign: 99%.' });

/** Lower-case words joined by dashes, as Kubernetes names its objects. */
export const identifier = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'is not an id: lower-case letters, digits and single dashes')
  .meta({ id: 'Id', description: 'Lower-case letters, digits and single dashes.' });

/** `app` or `app.namespace`: the pods with the label app=<app>; the namespace is `default` when absent. */
export const workload = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$/, 'is not APP or APP.NAMESPACE')
  .meta({ id: 'Workload', description: 'The pods with the label app=NAME, written NAME or NAME.NAMESPACE.' });

/** `secret` or `secret.namespace`; the namespace is `default` when absent. */
export const secretName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)?$/, 'is not SECRET or SECRET.NAMESPACE')
  .meta({ id: 'Secret', description: 'A Secret of the lab, written NAME or NAME.NAMESPACE.' });

/** A file of the lab. Labs are foreign input, so a path cannot leave the lab's folder. */
export const labFile = z
  .string()
  .regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))(?!.*\\)[^\0]+\.ya?ml$/, 'is not a YAML file below the folder of the lab')
  .meta({ id: 'File', description: 'A YAML file below the folder of the lab, e.g. manifests/virtual-service.yaml.' });

/** Milliseconds of a `duration`. */
export function milliseconds(text: string): number {
  const match = /^([\d.]+)(ms|s|m|h)$/.exec(text);
  return Number(match?.[1] ?? Number.NaN) * (unitMs[match?.[2] ?? ''] ?? Number.NaN);
}

/** Requests per second of a `rate`. */
export const perSecond = (text: string): number => Number.parseFloat(text);

/** A `percent` as a fraction: `99%` is 0.99. */
export const fraction = (text: string): number => Number.parseFloat(text) / 100;

/** Splits a `workload` into its app label and namespace. */
export function workloadName(text: string): { app: string; namespace: string } {
  const [app = '', namespace = 'default'] = text.split('.');
  return { app, namespace };
}

/** Refuses a value in which not exactly one of `keys` is present. */
export const exactlyOne = (keys: readonly string[]) => (value: object, ctx: z.core.$RefinementCtx) => {
  const present = keys.filter((key) => (value as { [k: string]: unknown })[key] !== undefined);
  if (present.length === 1) return;
  const said = present.length === 0 ? 'none is there' : `${present.join(' and ')} are there`;
  ctx.addIssue({ code: 'custom', message: `needs exactly one of ${keys.join(', ')}: ${said}` });
};

/** Refuses a value in which none of `keys` is present. */
export const atLeastOne = (keys: readonly string[]) => (value: object, ctx: z.core.$RefinementCtx) => {
  if (keys.some((key) => (value as { [k: string]: unknown })[key] !== undefined)) return;
  ctx.addIssue({ code: 'custom', message: `needs at least one of ${keys.join(', ')}` });
};
