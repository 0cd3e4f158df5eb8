import { z } from 'zod';
import { labSchema } from '../../runner/lab/schema.ts';
import type { Generated } from './gen.ts';

/** labs/lab.schema.json, for completion in editors. Draft 7, because that is what YAML plugins read without gaps. */
export async function files(): Promise<Generated[]> {
  const { $schema, ...schema } = z.toJSONSchema(labSchema, { io: 'input', target: 'draft-7' });
  const text = JSON.stringify({ $schema, title: 'lab.yaml', ...schema }, null, 2);
  return [{ path: 'labs/lab.schema.json', text: `${text}\n` }];
}
