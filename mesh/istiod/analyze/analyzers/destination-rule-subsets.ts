import { augmentLabels, type Labels, subsetOf } from '../../model/labels.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, type Message, message, type Resource } from '../context.ts';
import { type Destinations, destinationOf, destinationsOf, texts } from '../hosts.ts';
import { labelsOf } from '../selector.ts';

/** analyzers/destinationrule/subset.go */
export const destinationRuleSubsets: Analyzer = {
  name: 'destinationrule.SubsetSelectPodAnalyzer',
  description: 'Looks for hosts that no service has, and subsets that select no pod',
  inputs: ['DestinationRule', 'Pod', 'Service', 'ServiceEntry', 'Node'],
  analyze(context) {
    const known = destinationsOf(context);
    const pods = podLabels(context);
    return context.all('DestinationRule').flatMap((rule) => ruleMessages(rule, known, pods));
  },
};

/** With what istiod adds to a pod's labels: its node and where that stands. */
function podLabels(context: AnalysisContext): Labels[] {
  const nodes = new Map(context.all('Node').map((node) => [node.name, node.labels]));
  return context.all('Pod').map(({ labels, spec }) => {
    const node = spec.get('nodeName').text;
    const at = nodes.get(node) ?? {};
    const parts = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone', 'topology.istio.io/subzone'];
    return augmentLabels(labels, { cluster: '', locality: parts.map((name) => at[name] ?? '').join('/'), node });
  });
}

function ruleMessages(resource: Resource, known: Destinations, pods: Labels[]): Message[] {
  const { spec, namespace } = resource;
  const host = spec.get('host');
  const destination = destinationOf(host.text, { namespace, exportTo: texts(spec.get('exportTo')) }, known);
  if (!destination) return [message(codes.UnknownDestinationRuleHost, { resource, field: host }, { host: host.text })];
  return spec
    .select('subsets[]')
    .filter((subset) => {
      const selector = { ...destination.selector, ...labelsOf(subset.get('labels')) };
      return !pods.some((labels) => subsetOf(selector, labels));
    })
    .map((subset) => {
      const at = { resource, field: subset.get('labels') };
      return message(codes.DestinationRuleSubsetNotSelectPods, at, { subset: subset.get('name').text });
    });
}
