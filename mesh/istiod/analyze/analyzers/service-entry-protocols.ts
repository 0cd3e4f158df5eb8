import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { scopesOf, texts } from '../hosts.ts';

interface Use {
  resource: Resource;
  protocol: string;
}
interface Port {
  scope: string;
  host: string;
  port: number;
  uses: Use[];
}

/** analyzers/serviceentry/conflictingserviceentries.go */
export const serviceEntryProtocols: Analyzer = {
  name: 'serviceentry.ConflictingServiceEntryProtocolAnalyzer',
  description: 'Looks for ServiceEntries that give one port of a host different protocols',
  inputs: ['ServiceEntry'],
  analyze(context) {
    const ports = portsOf(context);
    const told = new Set<Resource>();
    return [...ports.values()].flatMap((at) => {
      const everywhere = at.scope === '*' ? undefined : ports.get(keyOf({ ...at, scope: '*' }));
      return conflict(at, [...at.uses, ...(everywhere?.uses ?? [])], told);
    });
  },
};

const keyOf = ({ scope, host, port }: Omit<Port, 'uses'>) => `${scope} ${host} ${port}`;

function portsOf(context: AnalysisContext): Map<string, Port> {
  const found = new Map<string, Port>();
  for (const resource of context.all('ServiceEntry')) {
    const { spec, namespace } = resource;
    for (const scope of scopesOf(texts(spec.get('exportTo')), namespace)) {
      for (const host of texts(spec.get('hosts'))) {
        for (const field of spec.select('ports[]')) {
          const at = { scope, host, port: field.get('number').number };
          const port = found.get(keyOf(at)) ?? { ...at, uses: [] };
          port.uses.push({ resource, protocol: field.get('protocol').text.toUpperCase() });
          found.set(keyOf(at), port);
        }
      }
    }
  }
  return found;
}

function conflict({ host, port }: Port, uses: Use[], told: Set<Resource>): Message[] {
  const protocols = [...new Set(uses.map((use) => use.protocol))].sort();
  if (protocols.length < 2) return [];
  const names = [...new Set(uses.map((use) => use.resource.fullName))].sort();
  const args = { serviceEntries: names.join(', '), host, port, protocols: protocols.join(', ') };
  return uses.flatMap(({ resource }): Message[] => {
    if (told.has(resource)) return [];
    told.add(resource);
    return [message(codes.ConflictingServiceEntryProtocol, { resource, field: resource.spec.get('ports') }, args)];
  });
}
