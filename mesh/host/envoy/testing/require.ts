import { existsSync } from 'node:fs';
import type { TestContext } from 'vitest';

const named = process.env.MESH_LABS_ENVOY ?? '';
/** The Envoy for tests, which never fetch one; "" when there is none. */
export const envoyBinary = existsSync(named) ? named : '';

const present = { envoy: envoyBinary !== '' };
const how = { envoy: 'set MESH_LABS_ENVOY to an Envoy binary' };

/** Skips a test whose means are absent, with the reason; fails it where MESH_LABS_REQUIRE names them. */
export function needs(context: TestContext, ...means: (keyof typeof present)[]): void {
  const required = (process.env.MESH_LABS_REQUIRE ?? '').split(',');
  for (const absent of means.filter((m) => !present[m])) {
    if (required.includes(absent)) throw new Error(`${absent} is required: ${how[absent]}`);
    context.skip(how[absent]);
  }
}
