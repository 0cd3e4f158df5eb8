import type { JsonObject } from '../../../json.ts';
import { has, object, objects, refuse, text, texts } from '../../match/proto.ts';
import type { HeaderList } from '../../runtime/header-list.ts';
import type { Found } from './extract.ts';
import type { Provider } from './provider.ts';
import { type JwtStatus, jwtStatus } from './status.ts';
import { parseJwt } from './token.ts';

/** What verifying gathers: the metadata of good tokens. */
export interface Gathered {
  headers: HeaderList;
  metadata: JsonObject;
  /** The path before tokens were taken out of it. */
  path: string;
}

export type Requirement = (gathered: Gathered) => JwtStatus | Promise<JwtStatus>;

export type Providers = ReadonlyMap<string, Provider>;

type Options = { audiences?: readonly string[]; allowMissing?: boolean; allowFailed?: boolean };

/** JwtRequirement (envoy source/extensions/filters/http/jwt_authn/verifier.cc). Throws a ProblemError for an unknown provider. */
export function compileRequirement(requirement: JsonObject, providers: Providers, pointer: string): Requirement {
  const any = object(requirement, 'requiresAny');
  if (any) return requiresAny(objects(any, 'requirements'), providers, pointer);
  const all = object(requirement, 'requiresAll');
  if (all) return requiresAll(objects(all, 'requirements'), providers, pointer);
  const withAudiences = object(requirement, 'providerAndAudiences');
  if (withAudiences) {
    const audiences = texts(withAudiences, 'audiences');
    return byProviders([named(text(withAudiences, 'providerName'), providers, pointer)], { audiences });
  }
  const name = text(requirement, 'providerName');
  if (name !== '') return byProviders([named(name, providers, pointer)], {});
  const allowFailed = has(requirement, 'allowMissingOrFailed');
  if (!allowFailed && !has(requirement, 'allowMissing')) return () => jwtStatus.ok;
  return byProviders([...providers.values()], { allowMissing: true, allowFailed });
}

const named = (name: string, providers: Providers, pointer: string): Provider =>
  providers.get(name) ?? refuse(`Required provider ['${name}'] is not configured.`, pointer);

/**
 * The first that succeeds. allowMissing and allowMissingOrFailed come last and look only at the places of the providers
 * beside them (AnyVerifierImpl).
 */
function requiresAny(requirements: JsonObject[], providers: Providers, pointer: string): Requirement {
  const isLax = (r: JsonObject) => has(r, 'allowMissing') || has(r, 'allowMissingOrFailed');
  const used = requirements.flatMap((r) => {
    const name = text(r, 'providerName') || text(object(r, 'providerAndAudiences') ?? {}, 'providerName');
    return name === '' ? [] : [[name, named(name, providers, pointer)] as const];
  });
  const lax = requirements.filter(isLax);
  const last = lax.find((r) => has(r, 'allowMissingOrFailed')) ?? lax[0];
  const strict = requirements.filter((r) => !isLax(r)).map((r) => compileRequirement(r, providers, pointer));
  const each = last ? [...strict, compileRequirement(last, new Map(used), pointer)] : strict;
  return async (gathered) => {
    let result: JwtStatus = jwtStatus.missing;
    for (const requirement of each) {
      const status = await requirement(gathered);
      if (status === jwtStatus.ok) return status;
      result = telling(result, status);
    }
    return result;
  };
}

/** Of two failures the one that says more: a token that is wrong over one that is missing or of another issuer. */
const telling = (before: JwtStatus, after: JwtStatus): JwtStatus =>
  (after === jwtStatus.missing || after === jwtStatus.unknownIssuer) && before !== jwtStatus.missing ? before : after;

function requiresAll(requirements: JsonObject[], providers: Providers, pointer: string): Requirement {
  const each = requirements.map((r) => compileRequirement(r, providers, pointer));
  return async (gathered) => {
    for (const requirement of each) {
      const status = await requirement(gathered);
      if (status !== jwtStatus.ok) return status;
    }
    return jwtStatus.ok;
  };
}

/** Every token found must be good: the app might use the bad one (authenticator.cc, doneWithStatus). */
function byProviders(providers: readonly Provider[], options: Options): Requirement {
  return async (gathered) => {
    const tokens = providers.flatMap((provider) =>
      provider.extract(gathered.headers).map((found) => ({ provider, found })),
    );
    if (tokens.length === 0) return options.allowMissing ? jwtStatus.ok : jwtStatus.missing;
    let result: JwtStatus = jwtStatus.ok;
    const seen = new Set<string>();
    // From the last place to the first, as Envoy takes them; it shows in what a good token beside a bad one leaves.
    for (const { found } of tokens.reverse()) {
      if (seen.has(found.token)) continue;
      seen.add(found.token);
      const candidates = tokens.filter((t) => t.found.token === found.token).map((t) => t.provider);
      result = await verifyOne(found, candidates, { gathered, options });
      if (result !== jwtStatus.ok && !options.allowFailed) return result;
    }
    return options.allowFailed ? jwtStatus.ok : result;
  };
}

async function verifyOne(
  found: Found,
  candidates: readonly Provider[],
  { gathered, options }: { gathered: Gathered; options: Options },
): Promise<JwtStatus> {
  const jwt = parseJwt(found.token);
  if (typeof jwt === 'string') return jwt;
  const provider =
    candidates.find(({ issuer }) => issuer === jwt.iss) ?? candidates.find(({ issuer }) => issuer === '');
  if (!provider) return jwtStatus.unknownIssuer;
  const status = await provider.verify(jwt, options.audiences);
  if (status === jwtStatus.ok) Object.assign(gathered.metadata, provider.forward(jwt, found, gathered.headers));
  return status;
}
