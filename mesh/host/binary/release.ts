import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ProblemError } from '../../problem.ts';
import { digestProblem } from './digest.ts';
import { announce, noDownload } from './download.ts';
import { install, type Obtained } from './install.ts';
import type { ReleaseFile } from './lock.ts';
import type { FetchContext, Outcome, SearchContext } from './source.ts';

const source = 'release';

/** Whether the official release could be fetched, or why not. */
export function peekRelease(context: SearchContext): { file: ReleaseFile } | { reason: string } {
  const file = context.lock.release[context.platform];
  if (!file) return { reason: `no digest for ${context.platform} is recorded in tools.lock.json` };
  const reason = noDownload(context);
  return reason ? { reason } : { file };
}

/** Envoy as its project released it, one bare binary; into the cache. */
export async function fromRelease(context: FetchContext): Promise<Outcome> {
  const possible = peekRelease(context);
  const where = `official release ${context.lock.version}`;
  if ('reason' in possible) return { looked: [{ source, where, outcome: possible.reason }] };
  try {
    const path = await install(context, source, (scratch) => fetchTo(scratch, possible.file, context));
    return { found: { path, version: context.lock.version, source } };
  } catch (error) {
    if (!(error instanceof DownloadFailed)) throw error;
    return { looked: [{ source, where: possible.file.url, outcome: error.message }] };
  }
}

/** The server could not be reached, or answered with something else. */
class DownloadFailed extends Error {}

async function fetchTo(scratch: string, file: ReleaseFile, context: FetchContext): Promise<Obtained> {
  announce(context, file.size);
  const path = join(scratch, 'download');
  const response = await get(file.url, context.signal);
  await pipeline(received(response, file, context.signal), createWriteStream(path));
  return { path, sha256: file.sha256, what: `what ${file.url} sent` };
}

/** The body's bytes, no more than recorded. What fails here is the connection, not the disk. */
async function* received(response: Response, { url, size }: ReleaseFile, signal: AbortSignal | undefined) {
  let got = 0;
  try {
    for await (const chunk of response.body ?? []) {
      got += chunk.byteLength;
      if (got > size) break;
      yield chunk;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new DownloadFailed(`broken off after ${got} bytes: ${(error as Error).message}`);
  }
  if (got > size) throw new ProblemError(digestProblem(`what ${url} sent`, url));
}

async function get(url: string, signal: AbortSignal | undefined): Promise<Response> {
  const response = await fetch(url, signal ? { signal } : {}).catch((error: Error) => {
    signal?.throwIfAborted();
    throw new DownloadFailed(`${error.message}: ${(error.cause as Error | undefined)?.message ?? 'no answer'}`);
  });
  if (response.ok && response.body) return response;
  throw new DownloadFailed(`HTTP ${response.status}`);
}
