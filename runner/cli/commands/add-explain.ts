import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '../command.ts';
import type { ExplainOptions } from './explain.ts';

const examples = `
Examples:
  mesh-labs explain -f shop.yaml --from web --url http://customers/            what happens to this request, and why
  mesh-labs explain -f shop.yaml -f rules/ --from web.shop --url http://customers/api --header 'user: debug'
  mesh-labs explain -f shop.yaml --from web --url http://customers/ --method POST --body '{}' --json
  kubectl get ns,svc,deploy,vs,dr,pa -A -o yaml | mesh-labs explain -f - --from web.shop --url http://customers/
  mesh-labs explain --lab canary --on local --from curl --url http://customers/   predicted, beside what real Envoys logged

With files nothing is started: the mesh is simulated. Apps whose image is not known answer 200 with what they received.
The exit code is 0 when the request could be traced, whatever its answer.`;

const whole = (text: string): number => {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 on.');
};

const header = (text: string, before: { [name: string]: string } = {}): { [name: string]: string } => {
  const at = text.indexOf(':');
  if (at <= 0) throw new InvalidArgumentError('Write NAME: VALUE.');
  return { ...before, [text.slice(0, at).trim().toLowerCase()]: text.slice(at + 1).trim() };
};

export const addExplain: AddCommand = (program, { deps }) => {
  program
    .command('explain')
    .description('X-ray of one request: every hop, what it decided, and which object and line made it so')
    .option('-f, --file <file...>', 'manifests: files, folders, or - for standard input')
    .option('--lab <id>', 'instead of files: the mesh of a lab, with its first solution')
    .option('--on <place>', 'where the mesh of the lab runs: sim (default) or local')
    .requiredOption('--from <app>', 'who sends: POD or APP, with .NAMESPACE where it is not the only one')
    .requiredOption('--url <url>', 'as the app asks for it: http://customers/path')
    .option('--method <method>', 'HTTP method', 'GET')
    .option('--header <name: value>', 'a header; may be given again', header)
    .option('--body <text>', 'body of the request')
    .option('--mesh-config <file>', 'fields over those of a default installation')
    .option('--seed <n>', 'decides what chance decides: weights, load balancing, faults', whole, 1)
    .option('--json', 'the explanation and the events of the trace as JSON')
    .addHelpText('after', examples)
    .action(async (options: ExplainOptions) => {
      const { explainCommand } = await import('./explain.ts');
      const { xdsIo } = await import('../xds-io.ts');
      await explainCommand(options, { io: xdsIo(deps), columns: deps.out.columns, deps });
    });
};
