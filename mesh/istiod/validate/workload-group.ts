import type { Field, Finding } from '../../kube/schema/field.ts';
import { labelFindings, portFindings } from './common.ts';
import { crdPort, crdRule } from './crd.ts';
import { workloadTemplateCrd } from './workload-entry.ts';

/** CEL rules of the CRD (istio/api kubernetes/customresourcedefinitions.gen.yaml). */
export function workloadGroupCrd(spec: Field): Finding[] {
  const scheme = spec.at('probe', 'httpGet', 'scheme');
  return [
    ...['grpc', 'httpGet', 'tcpSocket'].flatMap((method) => crdPort(spec.at('probe', method, 'port'))),
    ...crdRule(scheme, !['', 'HTTP', 'HTTPS'].includes(scheme.text), 'scheme must be one of [HTTP, HTTPS]'),
    ...workloadTemplateCrd(spec.get('template')),
  ];
}

/** pkg/config/validation/validation.go, ValidateWorkloadGroup: the first of its three parts that is wrong. */
export function workloadGroupWebhook(spec: Field): Finding[] {
  if (!spec.get('template').present) return [spec.error('template is required')];
  const labels = labelFindings(spec.at('metadata', 'labels'));
  if (labels.length > 0) return labels.map((f) => ({ ...f, message: `invalid labels: ${f.message}` }));
  return probeFindings(spec.get('probe'));
}

const counts = ['periodSeconds', 'initialDelaySeconds', 'timeoutSeconds', 'successThreshold', 'failureThreshold'];

function probeFindings(probe: Field): Finding[] {
  if (!probe.present) return [];
  return [
    ...counts.flatMap((name) => probe.get(name).when(probe.get(name).number < 0, `${name} must be non-negative`)),
    ...methodFindings(probe),
  ];
}

function methodFindings(probe: Field): Finding[] {
  const [http, tcp, exec] = [probe.get('httpGet'), probe.get('tcpSocket'), probe.get('exec')];
  if (http.present) return httpFindings(http);
  if (tcp.present) return portFindings(tcp.get('port'));
  if (exec.present) return exec.when(exec.get('command').size === 0, 'exec.command is required');
  // istiod's switch knows no gRPC probe, so its webhook refuses what the CRD has.
  const type = probe.get('grpc').present ? '*v1alpha3.ReadinessProbe_Grpc' : '<nil>';
  return [probe.error(`unknown health check method ${type}`)];
}

function httpFindings(http: Field): Finding[] {
  const scheme = http.get('scheme');
  return [
    ...portFindings(http.get('port')),
    ...scheme.when(!['', 'HTTP', 'HTTPS'].includes(scheme.text), 'httpGet.scheme must be one of "HTTPS", "HTTP"'),
    ...http
      .get('httpHeaders')
      .items()
      .flatMap((header) => {
        const name = header.get('name').text;
        if (name === '') return [header.error('header name cannot be empty')];
        return header.when(!/^[-A-Za-z0-9]+$/.test(name), `header name ${name} is not a valid header name`);
      }),
  ];
}
