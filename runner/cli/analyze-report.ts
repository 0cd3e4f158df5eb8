import { type Output, type Paint, paintFor } from '../report/output.ts';
import { whereText } from '../report/problem.ts';
import type { Analysis, Finding } from './analyze-files.ts';

const styles = { Error: ['red', 'bold'], Warning: 'yellow', Info: 'blue' } as const;

/** One line for each finding, as istioctl prints them, with line and column; below it what to do. */
export function analysisText({ findings, files, leftOut }: Analysis, output: Output): string {
  const paint = paintFor(output);
  const lines = findings.flatMap((finding) => findingLines(finding, paint));
  const none = `${paint('green', '✔')} No validation issues found when analyzing ${files.join(', ')}.`;
  const note = `${leftOut.length} analyzers that look at Services, Pods, Namespaces, Nodes or Secrets did not run, as with istioctl: files seldom hold a whole cluster. If these do, add --complete.`;
  return [...(lines.length > 0 ? lines : [none]), ...(leftOut.length > 0 ? [paint('dim', note)] : []), ''].join('\n');
}

function findingLines({ level, code, origin, where, message, fix }: Finding, paint: Paint): string[] {
  const { object: _object, ...position } = where;
  const at = [origin, whereText(position)].filter(Boolean).join(' ');
  return [
    `${paint([...[styles[level]].flat()], level)} [${code}] (${at}) ${message}`,
    ...(fix ? [`  ${paint('green', 'fix')} ${fix}`] : []),
  ];
}

/** The fields of istioctl's own JSON, and behind them ours. */
export function analysisJson({ findings }: Analysis): string {
  const rows = findings.map(({ code, name, level, origin, message, where, path, args, fix }) => {
    const { file, line, column } = where;
    const page = `https://istio.io/latest/docs/reference/config/analysis/${code.toLowerCase()}/`;
    return {
      code,
      ...(code.startsWith('IST') && { documentationUrl: page }),
      level,
      message,
      origin,
      reference: `${file}:${line}`,
      name,
      file,
      line,
      column,
      path,
      args,
      fix,
    };
  });
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}
