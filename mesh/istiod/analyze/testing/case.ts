import { parse } from 'yaml';
import type { JsonObject } from '../../../json.ts';
import type { KubeObject } from '../../../kube/objects.ts';
import { type Analyzer, type InputKind, inputs } from '../context.ts';

/** One situation and what one analyzer says about it. */
export interface Case {
  name: string;
  /** File of istio pkg/config/analysis/analyzers/testdata that this is derived from, rewritten small; or the analyzer's source. */
  from: string;
  analyzer: Analyzer;
  /** `Kind namespace/name {labels: …, annotations: …, spec: …}`; the kind as in `inputs`. */
  given: string[];
  mesh?: JsonObject;
  /** `CODE Kind namespace/name path: arguments`, arguments joined by ` | `. */
  want: string[];
}

export function objectOf(line: string): KubeObject {
  const [, kind = '', ref = '', body = ''] = /^(\w+) (\S+)\s*(.*)$/s.exec(line) ?? [];
  const [group, name] = inputs[kind as InputKind];
  const [namespace, local] = ref.includes('/') ? ref.split('/') : [undefined, ref];
  const { labels, annotations, ...rest } = (parse(body || '{}') ?? {}) as { [key: string]: JsonObject };
  const metadata = { name: local, namespace, labels, annotations };
  const known = Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== undefined));
  return {
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind: name,
    metadata: known,
    ...rest,
  } as unknown as KubeObject;
}
