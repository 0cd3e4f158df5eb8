import { fieldOf } from '../../../kube/schema/field.ts';
import { codes } from '../codes.ts';
import { type AnalysisContext, type Analyzer, message, type Resource } from '../context.ts';

/** analyzers/serviceentry/protocoladdresses.go */
export const serviceEntryAddresses: Analyzer = {
  name: 'serviceentry.Analyzer',
  description: 'Looks for TCP ports of ServiceEntries that have no address',
  inputs: ['ServiceEntry', 'MeshConfig'],
  analyze(context) {
    if (allocates(context)) return [];
    return context
      .all('ServiceEntry')
      .filter((entry) => entry.spec.get('addresses').size === 0 && !allocated(entry))
      .flatMap((resource) =>
        resource.spec
          .select('ports[]')
          .filter((port) => ['', 'TCP'].includes(port.get('protocol').text.toUpperCase()))
          .map((field) => message(codes.ServiceEntryAddressesRequired, { resource, field }, {})),
      );
  },
};

/** Proxies answer DNS, and something gives out addresses. */
function allocates({ mesh }: AnalysisContext): boolean {
  const metadata = fieldOf(mesh.raw).at('defaultConfig', 'proxyMetadata');
  const on = (name: string) => metadata.get(name).text === 'true';
  return on('ISTIO_META_DNS_CAPTURE') && (on('ISTIO_META_DNS_AUTO_ALLOCATE') || on('PILOT_ENABLE_IP_AUTOALLOCATE'));
}

const allocated = ({ object }: Resource): boolean => fieldOf(object).at('status', 'addresses').size > 0;
