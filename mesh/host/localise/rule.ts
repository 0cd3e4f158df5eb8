import type { Proxy as MeshProxy } from '../../istiod/proxy.ts';
import type { LocalConfig, LocalPlace } from './place.ts';

/** What a rule may use besides the configuration itself. */
export interface RuleContext {
  proxy: MeshProxy;
  place: LocalPlace;
  /** Tells of something removed or replaced; `resource` is the name of the listener, cluster or route it was in. */
  report(resource: string, what: string, fix?: string): void;
}

/** One step of localise: changes the configuration in place. */
export interface Rule {
  name: string;
  apply(config: LocalConfig, context: RuleContext): void;
}

/** The resources that Envoy is given, without the bookkeeping. */
export const resourcesOf = (config: LocalConfig) => [
  ...config.listeners,
  ...config.routes,
  ...config.clusters,
  ...config.endpoints,
  ...config.extensionConfigs,
];
