import type { AddCommand } from '../command.ts';
import type { XdsOptions } from './xds.ts';

const examples = `
Examples:
  mesh-labs xds -f mesh.yaml --proxy web-7d9c-x2x.shop            what the sidecar of this pod is sent
  mesh-labs xds -f mesh.yaml --proxies proxies.yaml -o out        one file for each proxy`;

/** Flags only: the control plane is loaded when it is wanted, not by every command. */
export const addXds: AddCommand = (program, { deps }) => {
  program
    .command('xds')
    .description('configuration offline, as istiod would send it')
    .requiredOption('-f, --file <file...>', 'manifests')
    .option('--proxy <pod.namespace>', 'the proxy')
    .option('--proxies <file>', 'a YAML list of {name, type, namespace, pod}')
    .option('--mesh-config <file>', 'fields over those of a default installation')
    .option('--profile <profile>', 'default or ambient', 'default')
    .option('-o, --output <format>', 'json, yaml, or a folder', 'json')
    .addHelpText('after', examples)
    .action(async (options: XdsOptions) => {
      const { xdsCommand } = await import('./xds.ts');
      const { xdsIo } = await import('../xds-io.ts');
      await xdsCommand(options, xdsIo(deps));
    });
};
