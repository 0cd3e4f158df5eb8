import type { AnalyzeOptions } from '../analyze-files.ts';
import type { AddCommand } from '../command.ts';

const examples = `
Examples:
  mesh-labs analyze -f mesh.yaml                     what istioctl analyze would say, with file:line:column and a fix
  mesh-labs analyze -f cluster.yaml --complete       the files are all there is: Services and Pods are looked at, too
  mesh-labs analyze -f mesh.yaml --json | jq -r '.[].code'`;

/** Flags only: the analyzers are loaded when they are wanted, not by every command. */
export const addAnalyze: AddCommand = (program, { deps, exit }) => {
  program
    .command('analyze')
    .description("problems of Istio's objects, with Istio's codes (IST0101 …)")
    .requiredOption('-f, --file <file...>', 'manifests')
    .option('--complete', 'the files hold a whole cluster, not a part of one')
    .option('--mesh-config <file>', 'fields over those of a default installation')
    .option('--json', 'as JSON, in the shape of istioctl analyze -o json and more')
    .addHelpText('after', examples)
    .action(async ({ json, ...options }: AnalyzeOptions & { json?: boolean }) => {
      const { analyzeFiles } = await import('../analyze-files.ts');
      const { analysisJson, analysisText } = await import('../analyze-report.ts');
      const { xdsIo } = await import('../xds-io.ts');
      const { exitCodes } = await import('../../fail.ts');
      const analysis = await analyzeFiles(options, { ...xdsIo(deps), now: deps.date().getTime() });
      deps.out.write(json ? analysisJson(analysis) : analysisText(analysis, deps.out));
      if (analysis.findings.some(({ level }) => level === 'Error')) exit(exitCodes.failed);
    });
};
