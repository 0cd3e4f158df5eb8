import type { Proxy as MeshProxy } from '../../mesh/istiod/proxy.ts';
import { gatewayStatuses } from '../../mesh/istiod/status/statuses.ts';
import type { XdsConfig } from '../../mesh/istiod/xds/types.ts';
import type { JsonObject } from '../../mesh/json.ts';
import type { XdsInput } from './xds-input.ts';
import { summaryLines } from './xds-summary.ts';
import type { XdsIo } from './xds-world.ts';

/** One proxy and what it is sent. */
export interface Answer {
  name: string;
  proxy: MeshProxy;
  config: XdsConfig;
}

interface Wanted {
  input: XdsInput;
  io: XdsIo;
  /** As the user wrote it. */
  format: string | undefined;
  origins: boolean;
}

/** Whether `-o` names a folder, not a format. */
export const isFolder = (format: string | undefined): boolean =>
  format !== undefined && !['summary', 'json', 'yaml'].includes(format);

/** Prints the answers, or writes them into a folder in the layout of the golden data. */
export async function write(answers: readonly Answer[], wanted: Wanted): Promise<void> {
  const { io } = wanted;
  const format = wanted.format ?? (io.terminal ? 'summary' : 'json');
  if (format === 'summary') io.out(`${summaries(answers, wanted).join('\n')}\n`);
  else if (format === 'json' || format === 'yaml') io.out(await printed(answers, wanted, format));
  else await writeFolder(answers, wanted, format.replace(/\/+$/, ''));
}

function summaries(answers: readonly Answer[], { input, io, origins }: Wanted): string[] {
  const paint = io.terminal?.paint ?? ((_style, text) => text);
  return answers.flatMap(({ proxy, config }, i) => [
    ...(i > 0 ? [''] : []),
    ...summaryLines(config, {
      pod: `${proxy.name}.${proxy.namespace}`,
      paint,
      columns: io.terminal?.columns,
      sources: origins ? input.sources : undefined,
    }),
  ]);
}

/** One proxy as it is, several by name. */
async function printed(answers: readonly Answer[], wanted: Wanted, format: 'json' | 'yaml'): Promise<string> {
  const documents = answers.map((answer) => {
    const origins = wanted.origins ? { origins: originsOf(answer, wanted) } : {};
    return [answer.name, { ...documentOf(answer), ...origins }] as const;
  });
  const [only] = documents;
  const value = only && documents.length === 1 ? only[1] : Object.fromEntries(documents);
  if (format === 'json') return json(value);
  const { stringify } = await import('yaml');
  return stringify(value, { aliasDuplicateObjects: false });
}

/** Nothing happens in time here: conditions came about when the first document did. */
const statusTime = '2026-01-01T00:00:00Z';

async function writeFolder(answers: readonly Answer[], wanted: Wanted, folder: string): Promise<void> {
  const { io, input } = wanted;
  for (const answer of answers) {
    await io.writeFile(`${folder}/${answer.name}.json`, json(documentOf(answer)));
    if (wanted.origins) await io.writeFile(`${folder}/${answer.name}.origins.json`, json(originsOf(answer, wanted)));
  }
  await io.writeFile(`${folder}/status.json`, json(gatewayStatuses(input.snapshot, { time: statusTime })));
  const refused = input.refused.map(({ what, where }) => ({ object: where?.object ?? '', error: what }));
  if (refused.length > 0) await io.writeFile(`${folder}/admission.json`, json(refused));
}

function documentOf({ proxy, config }: Answer): JsonObject {
  const { listeners, routes, clusters, endpoints, extensionConfigs } = config;
  return {
    node: { id: proxy.id, metadata: proxy.metadata },
    listeners,
    routes,
    clusters,
    endpoints,
    extensionConfigs: extensionConfigs.length > 0 ? extensionConfigs : undefined,
  };
}

/** By JSON pointer into the document. */
const originsOf = ({ config }: Answer, { input }: Wanted): JsonObject =>
  Object.fromEntries(
    [...config.origins].map(([pointer, origin]) => [pointer, { ...input.sources.locate(origin) } as JsonObject]),
  );

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;
