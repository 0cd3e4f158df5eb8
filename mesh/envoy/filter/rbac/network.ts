import { object, text } from '../../match/proto.ts';
import { reportUnsupported } from '../../match/unsupported.ts';
import type { DownstreamConnection, NetworkFilterFactory, NetworkVerdict } from '../../types.ts';
import { compileEngine, deniedDetails, statName, verdictMetadata } from './engine.ts';

/**
 * envoy.filters.network.rbac (envoy source/extensions/filters/network/rbac/rbac_filter.cc): asked once, at the first
 * bytes; the verdict closes the connection without an answer.
 */
export const networkRbac: NetworkFilterFactory = {
  type: 'envoy.extensions.filters.network.rbac.v3.RBAC',
  compile(config, { name, pointer, context }) {
    const unsupported = ['matcher', 'shadowMatcher', 'delayDeny'];
    reportUnsupported(config, unsupported, { pointer, report: context.report });
    const enforced = compileEngine(object(config, 'rules'), `${pointer}/rules`);
    const shadow = compileEngine(object(config, 'shadowRules'), `${pointer}/shadowRules`);
    const prefix = text(config, 'shadowRulesStatPrefix');
    const counter = (key: string) => context.stats.counter(`${text(config, 'statPrefix')}rbac.${key}`);
    const [allowed, denied] = [counter('allowed'), counter('denied')];
    const shadowStat = (key: string) => counter(statName(prefix, `shadow_${key}`));
    const [shadowAllowed, shadowDenied] = [shadowStat('allowed'), shadowStat('denied')];
    const asked = new WeakSet<DownstreamConnection>();
    return {
      name,
      onData(connection): NetworkVerdict {
        if (asked.has(connection)) return undefined;
        if (text(config, 'enforcementType') !== 'CONTINUOUS') asked.add(connection);
        const dryRun = shadow?.({ connection });
        if (dryRun) {
          (dryRun.allowed ? shadowAllowed : shadowDenied).value++;
          const before = connection.dynamicMetadata.get('envoy.filters.network.rbac');
          connection.dynamicMetadata.set('envoy.filters.network.rbac', {
            ...before,
            ...verdictMetadata(dryRun, `${prefix}shadow`),
          });
        }
        const verdict = enforced?.({ connection });
        if (!verdict) return undefined;
        if (verdict.log !== undefined) connection.dynamicMetadata.set('envoy.common', { access_log_hint: verdict.log });
        (verdict.allowed ? allowed : denied).value++;
        return verdict.allowed ? undefined : { close: true, details: deniedDetails(verdict.policy) };
      },
    };
  },
};
