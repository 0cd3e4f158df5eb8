import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../mesh/kube/objects.ts';
import { repository } from './labs.ts';

/** The objects of a sample app, as its manifest has them. */
export function appObjects(app: string): KubeObject[] {
  const text = readFileSync(join(repository, 'labs/_apps', app, `${app}.yaml`), 'utf8');
  return parseAllDocuments(text).map((document) => document.toJS() as KubeObject);
}
