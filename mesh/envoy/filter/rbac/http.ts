import type { JsonObject } from '../../../json.ts';
import { object, text } from '../../match/proto.ts';
import { reportUnsupported } from '../../match/unsupported.ts';
import type { FilterSetting, HttpFilterFactory, Stream } from '../../types.ts';
import { tell } from '../tell.ts';
import { compileEngine, deniedDetails, type Engine, statName, type Verdict, verdictMetadata } from './engine.ts';

interface Rbac {
  enforced: Engine | undefined;
  shadow: Engine | undefined;
  shadowPrefix: string;
}

function compileRbac(config: JsonObject, { pointer, context }: FilterSetting): Rbac {
  reportUnsupported(config, ['matcher', 'shadowMatcher'], { pointer, report: context.report });
  return {
    enforced: compileEngine(object(config, 'rules'), `${pointer}/rules`),
    shadow: compileEngine(object(config, 'shadowRules'), `${pointer}/shadowRules`),
    shadowPrefix: text(config, 'shadowRulesStatPrefix'),
  };
}

/** envoy.filters.http.rbac (envoy source/extensions/filters/http/rbac/rbac_filter.cc). */
export const rbac: HttpFilterFactory = {
  type: 'envoy.extensions.filters.http.rbac.v3.RBAC',
  // RBACPerRoute without rules switches the filter off for the route.
  compilePerRoute: (config, setting) => compileRbac(object(config, 'rbac') ?? {}, setting),
  compile(config, setting) {
    const own = compileRbac(config, setting);
    const counter = (name: string) => setting.context.stats.counter(`${setting.statPrefix}rbac.${name}`);
    const rules = text(config, 'rulesStatPrefix');
    const [allowed, denied] = [counter(statName(rules, 'allowed')), counter(statName(rules, 'denied'))];
    const shadow = (name: string) => counter(statName(own.shadowPrefix, `shadow_${name}`));
    const [shadowAllowed, shadowDenied] = [shadow('allowed'), shadow('denied')];
    const shadowCheck = (stream: Stream, found: Rbac) => {
      const verdict = found.shadow?.(stream);
      if (!verdict) return;
      (verdict.allowed ? shadowAllowed : shadowDenied).value++;
      merge(stream, 'envoy.filters.http.rbac', verdictMetadata(verdict, `${found.shadowPrefix}shadow`));
    };
    return {
      name: setting.name,
      decode(stream, perRoute) {
        const found = (perRoute as Rbac | undefined) ?? own;
        shadowCheck(stream, found);
        const verdict = found.enforced?.(stream);
        if (!verdict) return undefined;
        if (verdict.log !== undefined) merge(stream, 'envoy.common', { access_log_hint: verdict.log });
        merge(stream, 'envoy.filters.http.rbac', verdictMetadata(verdict, `${rules}enforced`));
        (verdict.allowed ? allowed : denied).value++;
        tell(stream, setting, sentence(verdict));
        if (verdict.allowed) return undefined;
        const details = deniedDetails(verdict.policy);
        return { kind: 'localReply', status: 403, body: 'RBAC: access denied', details };
      },
    };
  },
};

/** Envoy merges into the metadata of a name, it does not replace them (StreamInfo::setDynamicMetadata). */
function merge(stream: Stream, name: string, value: JsonObject): void {
  stream.setDynamicMetadata(name, { ...stream.info.dynamicMetadata?.get(name), ...value });
}

function sentence({ allowed, policy, log }: Verdict): string {
  if (log !== undefined) return log ? `marks for the log: ${policy}` : 'does not mark for the log';
  return `${allowed ? 'allows' : 'denies'}: ${policy === '' ? 'no policy matched' : policy}`;
}
