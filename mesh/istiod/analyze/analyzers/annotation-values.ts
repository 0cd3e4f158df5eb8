import { parse } from 'yaml';
import { subnetError } from '../../validate/names.ts';

type Check = (value: string) => string | undefined;

/** What Go's strconv says. */
const goNumber = (value: string, bits: number): string | undefined => {
  const call = `strconv.ParseUint: parsing ${JSON.stringify(value)}:`;
  if (!/^\d+$/.test(value)) return `${call} invalid syntax`;
  return Number(value) >= 2 ** bits ? `${call} value out of range` : undefined;
};

const port: Check = (value) => {
  const wrong = goNumber(value.trim(), 16);
  return wrong && `failed parsing port '${value}': ${wrong}`;
};

const ports =
  (name: string, star: boolean): Check =>
  (value) => {
    if ((star && value === '*') || value.trim() === '') return undefined;
    const wrong = value
      .trim()
      .split(',')
      .find((text) => port(text));
    return wrong === undefined ? undefined : `${name} invalid: failed parsing port '${wrong}': ${port(wrong)}`;
  };

const blocks =
  (name: string, star: boolean): Check =>
  (value) => {
    if ((star && value === '*') || value === '') return undefined;
    const wrong = value.split(',').find((text) => !text.includes('/') || subnetError(text));
    if (wrong === undefined) return undefined;
    const why = wrong.includes('/') ? 'invalid prefix' : `no '/'`;
    return `${name} invalid: failed parsing cidr '${wrong}': netip.ParsePrefix(${JSON.stringify(wrong)}): ${why}`;
  };

const modes = ['REDIRECT', 'TPROXY', 'NONE'];
const booleans = ['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'];
const quantity: Check = (value) =>
  /^[+-]?(\d+\.?\d*|\.\d+)(n|u|m|k|[MGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/.test(value)
    ? undefined
    : "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const seconds: Check = (value) => goNumber(value, 32);
const yaml: Check = (value) => {
  try {
    const config: unknown = parse(value, { logLevel: 'error' });
    return typeof config === 'object' ? undefined : 'failed to convert to apply proxy config: not an object';
  } catch (error) {
    return `failed to convert to apply proxy config: ${(error as Error).message}`;
  }
};

/** Values that injection checks (istio pkg/kube/inject/validate.go, AnnotationValidation), but for names of interfaces. */
const checks: { [annotation: string]: Check } = {
  'sidecar.istio.io/interceptionMode': (value) =>
    modes.includes(value) ? undefined : `interceptionMode invalid, use REDIRECT,TPROXY,NONE: ${value}`,
  'status.sidecar.istio.io/port': (value) => {
    const wrong = port(value);
    return wrong && `excludeInboundPorts invalid: ${wrong}`;
  },
  'readiness.status.sidecar.istio.io/initialDelaySeconds': seconds,
  'readiness.status.sidecar.istio.io/periodSeconds': seconds,
  'readiness.status.sidecar.istio.io/failureThreshold': seconds,
  'traffic.sidecar.istio.io/includeOutboundIPRanges': blocks('includeIPRanges', true),
  'traffic.sidecar.istio.io/excludeOutboundIPRanges': blocks('excludeIPRanges', false),
  'traffic.sidecar.istio.io/includeInboundPorts': ports('includeInboundPorts', true),
  'traffic.sidecar.istio.io/excludeInboundPorts': ports('excludeInboundPorts', false),
  'traffic.sidecar.istio.io/excludeOutboundPorts': ports('excludeOutboundPorts', false),
  'prometheus.istio.io/merge-metrics': (value) =>
    booleans.includes(value) ? undefined : `strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
  'proxy.istio.io/config': yaml,
  'sidecar.istio.io/proxyCPU': quantity,
  'sidecar.istio.io/proxyMemory': quantity,
  'sidecar.istio.io/proxyCPULimit': quantity,
  'sidecar.istio.io/proxyMemoryLimit': quantity,
};

/** What is wrong with the value of an annotation. */
export const annotationProblem = (name: string, value: string): string | undefined =>
  Object.hasOwn(checks, name) ? checks[name]?.(value) : undefined;
