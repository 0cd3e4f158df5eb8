import { isObject, type JsonObject } from '../../../json.ts';
import { firstFailing } from '../../match/condition.ts';
import { compileHeaders } from '../../match/header-matcher.ts';
import { field, object, objects, refuse, text } from '../../match/proto.ts';
import { compileQueryParameters } from '../../match/query-matcher.ts';
import { reportUnsupported } from '../../match/unsupported.ts';
import { compilePath } from '../../route/path-matcher.ts';
import type { HeaderList } from '../../runtime/header-list.ts';
import type { FilterSetting, HttpFilterFactory, LocalReply, Stream } from '../../types.ts';
import { tell } from '../tell.ts';
import { compileProvider } from './provider.ts';
import { compileRequirement, type Gathered, type Providers, type Requirement } from './requirement.ts';
import { type JwtStatus, jwtStatus } from './status.ts';

const filterName = 'envoy.filters.http.jwt_authn';

interface Rule {
  matches(headers: HeaderList): boolean;
  requirement: Requirement | undefined;
}

function compileProviders(config: JsonObject, { pointer, context }: FilterSetting): Providers {
  const found = object(config, 'providers') ?? {};
  return new Map(
    Object.entries(found).flatMap(([name, provider]) => {
      if (!isObject(provider)) return [];
      return [[name, compileProvider(provider, { name, pointer: `${pointer}/providers/${name}`, context })] as const];
    }),
  );
}

/** A RequirementRule: a RouteMatch on path, headers and query, and what it requires. */
function compileRule(rule: JsonObject, config: JsonObject, at: { providers: Providers; pointer: string }): Rule {
  const match = object(rule, 'match') ?? {};
  const path = compilePath(match, at.pointer);
  const headers = compileHeaders(match, 'headers', at.pointer);
  const query = compileQueryParameters(match, at.pointer);
  const name = text(rule, 'requirementName');
  const requires =
    object(rule, 'requires') ?? (name === '' ? undefined : object(object(config, 'requirementMap') ?? {}, name));
  if (name !== '' && !requires)
    refuse(`Wrong requirement_name: ${name}. It should be one of those in requirement_map`, at.pointer);
  return {
    matches(list) {
      const whole = list.get(':path') ?? '';
      return path.test(whole) && !firstFailing(headers, list) && !firstFailing(query, whole);
    },
    requirement: requires && compileRequirement(requires, at.providers, at.pointer),
  };
}

const isPreflight = (headers: HeaderList): boolean =>
  headers.get(':method') === 'OPTIONS' &&
  (headers.get('origin') ?? '') !== '' &&
  (headers.get('access-control-request-method') ?? '') !== '';

/** The answer to a request that fails (envoy source/extensions/filters/http/jwt_authn/filter.cc, onComplete). */
function denial(status: JwtStatus, { request: { headers } }: Stream, path: string): LocalReply {
  // The path alone is cut (source/common/http/utility.cc, buildOriginalUri).
  const url = `${headers.get(':scheme') ?? 'http'}://${headers.get(':authority') ?? ''}${path.slice(0, 256)}`;
  const realm = `Bearer realm="${url}"`;
  const challenge = status === jwtStatus.missing ? realm : `${realm}, error="invalid_token"`;
  return {
    kind: 'localReply',
    status: status === jwtStatus.audience ? 403 : 401,
    body: status,
    details: `jwt_authn_access_denied{${status.replace(/\s/g, '_')}}`,
    headers: [['www-authenticate', challenge]],
  };
}

/** envoy.filters.http.jwt_authn. Signatures are checked outside of the world's time. */
export const jwtAuthn: HttpFilterFactory = {
  type: 'envoy.extensions.filters.http.jwt_authn.v3.JwtAuthentication',
  compile(config, setting) {
    const { pointer, context } = setting;
    reportUnsupported(config, ['filterStateRules'], { pointer, report: context.report });
    const providers = compileProviders(config, setting);
    const rules = objects(config, 'rules').map((rule, i) =>
      compileRule(rule, config, { providers, pointer: `${pointer}/rules/${i}` }),
    );
    const own = [...providers.values()].flatMap((provider) => provider.ownHeaders);
    const counter = (name: string) => context.stats.counter(`${setting.statPrefix}jwt_authn.${name}`);
    const [allowed, denied, bypassed] = [counter('allowed'), counter('denied'), counter('cors_preflight_bypassed')];
    const providerMaps = object(config, 'providers') ?? {};
    const clearsCache = Object.values(providerMaps).some((p) => isObject(p) && field(p, 'clearRouteCache') === true);
    const finish = (status: JwtStatus, stream: Stream, { metadata, path }: Gathered): LocalReply | undefined => {
      // What good tokens said stays, even when another one spoils it (measured).
      const found = Object.keys(metadata).length > 0;
      if (found)
        stream.setDynamicMetadata(filterName, { ...stream.info.dynamicMetadata?.get(filterName), ...metadata });
      (status === jwtStatus.ok ? allowed : denied).value++;
      tell(stream, setting, status === jwtStatus.ok ? 'lets the request pass' : `denies: ${status}`);
      if (status !== jwtStatus.ok) return denial(status, stream, path);
      if (found && clearsCache) stream.clearRoute();
      return undefined;
    };
    return {
      name: setting.name,
      decode(stream) {
        const { headers } = stream.request;
        if (field(config, 'bypassCorsPreflight') === true && isPreflight(headers)) {
          bypassed.value++;
          return undefined;
        }
        const rule = rules.find((r) => r.matches(headers));
        if (!rule?.requirement) {
          allowed.value++;
          return undefined;
        }
        for (const name of own) headers.remove(name);
        const gathered: Gathered = { headers, metadata: {}, path: headers.get(':path') ?? '' };
        const status = rule.requirement(gathered);
        if (typeof status === 'string') return finish(status, stream, gathered);
        return status.then((result) => finish(result, stream, gathered));
      },
    };
  },
};
