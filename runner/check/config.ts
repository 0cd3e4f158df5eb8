import { type ConfigFacts, configFacts } from '../lab/schema/facts.ts';
import { certificate } from './config/certificate.ts';
import { cluster } from './config/cluster.ts';
import { endpoints } from './config/endpoints.ts';
import type { ConfigFact } from './config/fact.ts';
import { listener } from './config/listener.ts';
import { route } from './config/route.ts';
import type { CheckKind, ProxyEvidence } from './kind.ts';
import { many } from './text.ts';

interface BoundFact {
  describe(): string;
  faults(proxy: ProxyEvidence): string[];
}

type Binders = { [Name in keyof Omit<ConfigFacts, 'proxy'>]-?: (facts: ConfigFacts) => BoundFact | undefined };

/** One line for each fact of the schema; the type refuses a fact that has no line here. */
const binders: Binders = {
  route: (f) => bind(route, f.route),
  cluster: (f) => bind(cluster, f.cluster),
  listener: (f) => bind(listener, f.listener),
  endpoints: (f) => bind(endpoints, f.endpoints),
  certificate: (f) => bind(certificate, f.certificate),
};

const bind = <Params>(fact: ConfigFact<Params>, params: Params | undefined): BoundFact | undefined =>
  params === undefined
    ? undefined
    : { describe: () => fact.describe(params), faults: (proxy) => fact.faults(proxy, params) };

const factsOf = (facts: ConfigFacts) => Object.values(binders).flatMap((binder) => binder(facts) ?? []);

export const config: CheckKind<ConfigFacts, 'config'> = {
  name: 'config',
  schema: configFacts,
  needs: 'config',
  describe: (facts) =>
    `proxy of ${facts.proxy}: ${factsOf(facts)
      .map((fact) => fact.describe())
      .join('; ')}`,
  judge: ({ proxies }, facts) => {
    const wrong = proxies.flatMap((proxy) =>
      factsOf(facts).flatMap((fact) => fact.faults(proxy).map((line) => `${proxy.proxy}: ${line}`)),
    );
    const nobody = proxies.length === 0;
    return {
      // Without a proxy nothing was seen, which is neither right nor wrong; a control must not take it for a rejection.
      verdict: nobody ? 'undecided' : wrong.length === 0 ? 'passed' : 'failed',
      expected: config.describe(facts),
      measured: nobody ? 'No proxy was there to ask.' : (wrong[0] ?? `so at ${many(proxies.length, 'pod')}`),
      evidence: wrong.length > 0 ? wrong : proxies.map(({ proxy }) => proxy),
    };
  },
};
