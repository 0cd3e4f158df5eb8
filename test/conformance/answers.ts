import type { Json, JsonObject } from '../../mesh/json.ts';
import { isObject, strings } from '../../mesh/json.ts';
import { share } from '../../runner/check/share.ts';
import { shareExpect } from '../../runner/lab/schema/expect.ts';
import type { Observation } from '../../runner/observe/observation.ts';
import type { Request } from './table.ts';

/** What the echo told of a request, by field. */
interface Echo {
  backend: string;
  host: string;
  path: string;
  method: string;
  headers: { [name: string]: string };
}

/** Differences between what should come back and what came, as sentences. */
export function wrongAnswers(request: Request, seen: readonly Observation[]): string[] {
  const shares = request.shares ? wrongShares(request.shares, seen) : [];
  return [...shares, ...new Set(seen.flatMap((observation) => wrongAnswer(request, observation)))];
}

function wrongAnswer(request: Request, { status, error, headers, body }: Observation): string[] {
  if (request.error !== undefined || error)
    return oneOf(request.error, error?.kind)
      ? []
      : [`error: expected ${request.error}, got ${error?.message ?? status}`];
  if (!oneOf(request.status, status)) return [`status: expected ${request.status}, got ${status} ${body.slice(0, 80)}`];
  const echo = readEcho(body);
  return [
    ...(request.backend === undefined ? [] : (differ('backend', full(request.backend), echo?.backend) ?? [])),
    ...wrongSeen(request, echo),
    ...wrongHeaders('answer', request.answer, headers),
  ];
}

function wrongSeen({ seen, backend, path, method, host }: Request, echo: Echo | undefined): string[] {
  // A request that reaches a backend does so unchanged, but for what is said.
  const unchanged = backend === undefined ? {} : { path, method, ...(host !== undefined && { host }) };
  const { headers = {}, ...plain } = { ...unchanged, ...seen };
  const fields = Object.entries(plain).flatMap(
    ([field, want]) => differ(`seen ${field}`, want, echo?.[field as keyof Echo]) ?? [],
  );
  const app = echo?.backend.split('.')[0] ?? '';
  const named = Object.entries(headers).map(([name, want]) => [name, want === '{backend}' ? app : want]);
  return [...fields, ...wrongHeaders('seen header', Object.fromEntries(named), echo?.headers ?? {})];
}

function wrongHeaders(what: string, wanted: Request['answer'], actual: { [name: string]: string }): string[] {
  return Object.entries(wanted).flatMap(([name, want]) => {
    const is = actual[name.toLowerCase()];
    const fits = want === null ? is === undefined : is !== undefined && oneOf(want, is);
    return fits ? [] : [`${what} ${name}: expected ${JSON.stringify(want)}, got ${JSON.stringify(is)}`];
  });
}

const differ = (what: string, want: unknown, is: unknown): string[] | undefined =>
  want === is ? undefined : [`${what}: expected ${JSON.stringify(want)}, got ${JSON.stringify(is)}`];

const oneOf = <T>(wanted: T | readonly T[], is: unknown): boolean =>
  Array.isArray(wanted) ? wanted.includes(is) : wanted === is;

export const full = (app: string): string => (app.includes('.') ? app : `${app}.infra`);

/** The exact test of the labs. Its samples are small: it finds what is wrong by 20 points. */
function wrongShares(of: { [app: string]: number }, seen: readonly Observation[]): string[] {
  const expect = shareExpect.parse({
    by: 'version',
    deviation: '20%',
    of: Object.fromEntries(Object.entries(of).map(([app, n]) => [full(app), n])),
  });
  const observations = seen.map((o) => {
    const backend = readEcho(o.body)?.backend;
    return backend === undefined ? o : { ...o, version: backend };
  });
  const { verdict, evidence } = share.judge(
    { needs: 'observations', observations, sample: 'fixed', delays: [] },
    expect,
  );
  return verdict === 'passed' ? [] : [`shares: ${evidence.join(' ')}`];
}

function readEcho(body: string): Echo | undefined {
  const told = jsonObject(body);
  if (told?.pod === undefined) return undefined;
  const received = isObject(told.headers) ? told.headers : {};
  return {
    // A pod of a Deployment: APP-HASH-ID.
    backend: `${String(told.pod).replace(/-[^-]+-[^-]+$/, '')}.${told.namespace}`,
    ...{ host: String(told.host), path: String(told.path), method: String(told.method) },
    headers: Object.fromEntries(
      Object.entries(received).map(([name, all]) => [name.toLowerCase(), strings(all).join(',')]),
    ),
  };
}

function jsonObject(text: string): JsonObject | undefined {
  if (!text.startsWith('{')) return undefined;
  const value = JSON.parse(text) as Json;
  return isObject(value) ? value : undefined;
}
