import type { RoutedRequest } from '../routes.ts';
import type { HeaderMap, HttpResponse, WorkloadContext } from '../workload.ts';
import { failure, plain } from './answer.ts';

/** /status/503, or one of several by weight: /status/200:0.9,503:0.1 (no weight is 1). */
export function status(request: RoutedRequest, ctx: WorkloadContext): HttpResponse {
  const text = request.params.code ?? '';
  if (!text.includes(',')) return withStatus(text);
  const choices = text.split(',').map((pair) => {
    const [code = '', weight = '1'] = pair.split(':');
    return { code, weight: weight === '' ? Number.NaN : Number(weight) };
  });
  const wrong = choices.find((c) => !(c.weight >= 0) || parseStatus(c.code, 100, 599) === undefined);
  if (wrong) return failure(400, `invalid choice or weight: ${JSON.stringify(text)}`);
  return withStatus(pick(choices, ctx.random()));
}

function pick(choices: { code: string; weight: number }[], random: number): string {
  let left = random * choices.reduce((sum, c) => sum + c.weight, 0);
  for (const { code, weight } of choices) {
    left -= weight;
    if (left < 0) return code;
  }
  return choices.at(-1)?.code ?? '';
}

/** A status that comes with headers or a text: who sees 401 must be asked for credentials. */
const special: { [code: number]: { headers: HeaderMap; body?: string } } = {
  301: { headers: { location: '/redirect/1' } },
  302: { headers: { location: '/redirect/1' } },
  303: { headers: { location: '/redirect/1' } },
  307: { headers: { location: '/redirect/1' } },
  308: { headers: { location: '/get' } },
  401: { headers: { 'www-authenticate': 'Basic realm="Fake Realm"' } },
  407: { headers: { 'proxy-authenticate': 'Basic realm="Fake Realm"' } },
  418: { headers: {}, body: "I'm a teapot!" },
};

function withStatus(text: string): HttpResponse {
  const code = parseStatus(text, 100, 599);
  if (code === undefined) return failure(400, `invalid status code: ${JSON.stringify(text)} not in range [100, 599]`);
  // Go sends 1xx as an informational response and 200 after it; the informational one says nothing to any check.
  if (code < 200) return plain(200);
  const { headers, body } = special[code] ?? { headers: {} };
  return plain(code, body ?? '', headers);
}

export function parseStatus(text: string, min: number, max: number): number | undefined {
  const code = /^\d{3}$/.test(text) ? Number(text) : Number.NaN;
  return code >= min && code <= max ? code : undefined;
}
