import type { AddCommand } from '../command.ts';
import type { XdsOptions } from './xds.ts';

const examples = `
Examples:
  mesh-labs xds -f mesh.yaml --proxy web-7d9c-x2x.shop            tables like those of istioctl proxy-config
  mesh-labs xds -f mesh.yaml --proxy web-7d9c-x2x.shop --origins  and for each line the object, field and place that caused it
  mesh-labs xds -f pods.yaml -f rules/ --proxy web.shop -o yaml   all that istiod would send, from several files
  kubectl get ns,po,svc,endpointslices,vs,dr -A -o yaml | mesh-labs xds -f - --proxy web-7d9c-x2x.shop
  mesh-labs xds -f mesh.yaml --proxies proxies.yaml -o out        out/NAME.json for each proxy, and out/status.json

Files are what \`kubectl apply -f\` takes; later documents count as younger. Errors end with exit code 2, warnings with 0.`;

/** Flags only: the control plane is loaded when it is wanted, not by every command. */
export const addXds: AddCommand = (program, { deps }) => {
  program
    .command('xds')
    .description('configuration offline, as istiod would send it')
    .requiredOption('-f, --file <file...>', 'manifests: files, folders, or - for standard input')
    .option('--proxy <pod.namespace>', 'the proxy')
    .option('--proxies <file>', 'a YAML list of {name, type, namespace, pod}')
    .option('--mesh-config <file>', 'fields over those of a default installation')
    .option('--profile <profile>', 'default or ambient', 'default')
    .option('-o, --output <format>', 'summary (default on a terminal), json, yaml, or a folder')
    .option('--origins', 'tell what caused each part, and where that is written')
    .addHelpText('after', examples)
    .action(async (options: XdsOptions) => {
      const { xdsCommand } = await import('./xds.ts');
      const { xdsIo } = await import('../xds-io.ts');
      await xdsCommand(options, xdsIo(deps));
    });
};
