import type { Field } from '../../../kube/schema/field.ts';
import type { Code } from '../code.ts';
import { codes } from '../codes.ts';
import { type Analyzer, type Message, message, type Resource } from '../context.ts';

type NoArgs = { readonly [name: string]: never };

/** analyzers/envoyfilter/envoyfilter.go */
export const envoyFilterPatches: Analyzer = {
  name: 'envoyfilter.EnvoyPatchAnalyzer',
  description: 'Looks for patches that are ignored, or that depend on the order of EnvoyFilters',
  inputs: ['EnvoyFilter'],
  analyze(context) {
    /** Filters that earlier patches change for some proxy versions only. */
    const versioned = new Set<string>();
    return context.all('EnvoyFilter').flatMap((resource) => filterMessages(resource, versioned));
  },
};

function filterMessages(resource: Resource, versioned: Set<string>): Message[] {
  const found: Message[] = [];
  for (const config of resource.spec.select('configPatches[]')) {
    // Istio looks at no later patch, either.
    if (!config.get('patch').present) break;
    const name = filterName(config);
    const code = codeOf(config, { priority: resource.spec.get('priority').number, versioned: versioned.has(name) });
    if (code) found.push(message(code, { resource, field: config.at('patch', 'operation') }, {}));
    if (config.at('match', 'proxy', 'proxyVersion').text !== '') versioned.add(name);
  }
  return found;
}

/** The name in the patch, else that of the filter that is matched; they never compare equal to one another. */
function filterName(config: Field): string {
  const value = config.at('patch', 'value');
  if (value.size === 0) return '';
  const name = value.get('name');
  return name.present ? `value ${name.text}` : config.at('match', 'listener', 'filterChain', 'filter', 'name').text;
}

const routes = ['ROUTE_CONFIGURATION', 'HTTP_ROUTE'];
const replaceable = ['NETWORK_FILTER', 'HTTP_FILTER', 'VIRTUAL_HOST'];

function codeOf(config: Field, order: { priority: number; versioned: boolean }): Code<NoArgs> | undefined {
  const [operation, applyTo] = [config.at('patch', 'operation').text, config.get('applyTo').text];
  const relative = order.priority === 0 ? relativeCode(order.versioned) : undefined;
  switch (operation) {
    case 'ADD':
      return routes.includes(applyTo) ? codes.EnvoyFilterUsesAddOperationIncorrectly : undefined;
    case 'REMOVE':
      return routes.includes(applyTo) ? codes.EnvoyFilterUsesRemoveOperationIncorrectly : relative;
    case 'REPLACE':
      return replaceable.includes(applyTo) ? relative : codes.EnvoyFilterUsesReplaceOperationIncorrectly;
    case 'INSERT_BEFORE':
    case 'INSERT_AFTER':
      return relative;
    default:
      return undefined;
  }
}

const relativeCode = (versioned: boolean): Code<NoArgs> =>
  versioned ? codes.EnvoyFilterUsesRelativeOperationWithProxyVersion : codes.EnvoyFilterUsesRelativeOperation;
