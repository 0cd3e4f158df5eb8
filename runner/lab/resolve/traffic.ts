import type { KubeObject } from '../../../mesh/kube/objects.ts';
import type { App, ManifestFile, SecretName, Traffic } from '../lab.ts';
import { valueAt } from '../path.ts';
import type { TrafficFile } from '../schema/traffic.ts';
import { milliseconds, perSecond, workloadName } from '../schema/units.ts';
import { type Context, mustKnow } from './context.ts';

/** Every traffic of the lab by id; the rows of decision tables are `CHECK/ROW`. */
export function resolveTraffic(
  context: Context,
  { apps, setup, rows }: { apps: readonly App[]; setup: readonly ManifestFile[]; rows: readonly Traffic[] },
): { [id: string]: Traffic } {
  const named = Object.entries(context.lab.traffic).map(([id, file]) => {
    if (file.answeredBy !== undefined)
      mustKnow(context, ['traffic', id, 'answeredBy'], { noun: 'app', name: file.answeredBy, known: context.lab.apps });
    return resolve(id, file);
  });
  const answering = (traffic: Traffic): Traffic => {
    const answeredBy = traffic.answeredBy ?? owner(traffic, { apps, setup });
    return answeredBy === undefined ? traffic : { ...traffic, answeredBy };
  };
  return Object.fromEntries([...named, ...rows].map((traffic) => [traffic.id, answering(traffic)]));
}

function resolve(id: string, file: TrafficFile): Traffic {
  const requests = file.requests ?? (file.until === 'decided' ? file.atMost : undefined);
  return {
    id,
    from: workloadName(file.from),
    request: requestOf(file.request),
    unit: file.unit,
    concurrency: file.concurrency,
    ...(file.rate !== undefined && { rate: perSecond(file.rate) }),
    limit: {
      ...(requests !== undefined && { requests }),
      ...(file.for !== undefined && { durationMs: milliseconds(file.for) }),
    },
    until: file.until ?? 'limit',
    ...(file.answeredBy !== undefined && { answeredBy: file.answeredBy }),
  };
}

export const requestOf = ({ timeout, tls, ...request }: TrafficFile['request']): Traffic['request'] => ({
  ...request,
  ...(tls && { tls: tlsOf(tls) }),
  headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value])),
  timeoutMs: milliseconds(timeout),
});

function tlsOf({ ca, certificate, ...tls }: NonNullable<TrafficFile['request']['tls']>): Traffic['request']['tls'] {
  return { ...tls, ...(ca && { ca: secretOf(ca) }), ...(certificate && { certificate: secretOf(certificate) }) };
}

function secretOf(text: string): SecretName {
  const [name = '', namespace = 'default'] = text.split('.');
  return { name, namespace };
}

/** The app that owns the Service which the url names, by its manifests or, for a Service of the setup, by its selector. */
function owner(
  { from, request }: Traffic,
  { apps, setup }: { apps: readonly App[]; setup: readonly ManifestFile[] },
): string | undefined {
  const [service = '', namespace = from.namespace] = new URL(request.url).hostname.split('.');
  const isIt = (object: KubeObject) =>
    object.kind === 'Service' &&
    object.metadata.name === service &&
    (object.metadata.namespace ?? 'default') === namespace;
  const app = apps.find(({ manifests }) => objects(manifests).some(isIt));
  if (app) return app.name;
  const selected = valueAt(objects(setup).find(isIt), ['spec', 'selector', 'app']);
  return apps.find(({ name }) => name === selected)?.name;
}

const objects = (files: readonly ManifestFile[]) => files.flatMap((file) => file.objects.map(({ object }) => object));
