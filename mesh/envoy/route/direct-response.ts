import type { JsonObject } from '../../json.ts';
import { number, object, refuse, text } from '../match/proto.ts';
import { notInterpreted } from '../match/unsupported.ts';
import type { DirectResponseAction, RouteCompiling } from '../types.ts';

/** max_direct_response_body_size_bytes (docs: RouteConfiguration). */
const defaultMaxBody = 4096;

/** envoy.config.route.v3.DirectResponseAction. Throws a ProblemError for a body over the limit. */
export function compileDirectResponse(
  response: JsonObject,
  at: { pointer: string; config: JsonObject },
  { context }: RouteCompiling,
): DirectResponseAction {
  const source = object(response, 'body') ?? {};
  if (text(source, 'filename') !== '') context.report(notInterpreted('a body from a file', at.pointer));
  const bytes = text(source, 'inlineBytes');
  const body = bytes === '' ? text(source, 'inlineString') : new TextDecoder().decode(fromBase64(bytes));
  const limit = number(at.config, 'maxDirectResponseBodySizeBytes') ?? defaultMaxBody;
  const size = new TextEncoder().encode(body).length;
  if (size > limit) return refuse(`response body size is ${size} bytes; maximum is ${limit}`, at.pointer);
  return { kind: 'directResponse', status: number(response, 'status') ?? 200, body };
}

const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
