import type { Container, Pod } from '../../kube/kinds/pod.ts';
import type { MeshConfig } from '../mesh-config.ts';
import { revision } from './required.ts';
import { workloadOf } from './workload.ts';

type Texts = { [key: string]: string };

/** Labels of an injected pod; what the pod says itself stays (files/injection-template.yaml). */
export function injectedLabels(pod: Pod, { raw }: Pick<MeshConfig, 'raw'>): Texts {
  const { labels = {} } = pod.metadata;
  const name = labels['service.istio.io/canonical-name'] ?? labels['app.kubernetes.io/name'] ?? labels.app;
  const version =
    labels['service.istio.io/canonical-revision'] ?? labels['app.kubernetes.io/version'] ?? labels.version;
  const hbone = proxyMetadata(raw).ISTIO_META_ENABLE_HBONE === 'true';
  return {
    ...labels,
    'security.istio.io/tlsMode': labels['security.istio.io/tlsMode'] ?? 'istio',
    ...(hbone ? { 'networking.istio.io/tunnel': labels['networking.istio.io/tunnel'] ?? 'http' } : {}),
    'service.istio.io/canonical-name': trimmed(name || workloadOf(pod).name),
    'service.istio.io/canonical-revision': version || 'latest',
  };
}

/** A label value has at most 63 characters and no sign at its ends. */
const trimmed = (name: string) => name.slice(0, 63).replace(/^[-_.]+|[-_.]+$/g, '');

export function proxyMetadata(raw: MeshConfig['raw']): Texts {
  const config = raw.defaultConfig as { proxyMetadata?: Texts } | undefined;
  return config?.proxyMetadata ?? {};
}

/** What the webhook added, for people and for a second injection (pkg/kube/inject/webhook.go, getInjectionStatus). */
export interface Added {
  initContainers: Container[];
  containers: Container[];
  volumes: { name: string }[];
}

export function injectedAnnotations(pod: Pod, added: Added): Texts {
  const { annotations = {} } = pod.metadata;
  const [first] = (pod.spec?.containers ?? []).filter((container) => container.name !== 'istio-proxy');
  const shown: Texts = first
    ? {
        'kubectl.kubernetes.io/default-logs-container': first.name,
        'kubectl.kubernetes.io/default-container': first.name,
      }
    : {};
  return {
    ...shown,
    ...(wantsScraping(annotations) ? merged(annotations) : annotations),
    'istio.io/rev': revision,
    'sidecar.istio.io/status': JSON.stringify({
      initContainers: names(added.initContainers),
      containers: names(added.containers),
      volumes: names(added.volumes),
      imagePullSecrets: null,
      revision,
    }),
  };
}

const names = (list: { name: string }[]) => (list.length > 0 ? list.map(({ name }) => name) : null);

/** `prometheus.io/scrape`, also written with dots, slashes or underscores elsewhere (strutil.SanitizeLabelName). */
const sanitized = (key: string) => key.replaceAll(/[^a-zA-Z0-9_]/g, '_');
const wantsScraping = (annotations: Texts) =>
  !Object.entries(annotations).some(
    ([key, value]) => sanitized(key) === 'prometheus_io_scrape' && /^(0|f|false)$/i.test(value),
  );

/** The agent's port serves the app's metrics and the proxy's (applyPrometheusMerge; on by default). */
function merged(annotations: Texts): Texts {
  const own = Object.entries(annotations).filter(([key]) => !/^prometheus_io_(path|port|scrape)$/.test(sanitized(key)));
  return {
    ...Object.fromEntries(own),
    'prometheus.io/path': '/stats/prometheus',
    'prometheus.io/port': '15020',
    'prometheus.io/scrape': 'true',
  };
}
