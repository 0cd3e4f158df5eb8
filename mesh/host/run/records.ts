import { constants } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { PidScope, ProcessIdentity } from './identity.ts';

/** Pid 1 and process groups (0, negative) are never ours to end. */
const pid = z.int().min(2);
const identity = { pid, start: z.string().min(1) };
const ownerSchema = z.object({
  ...identity,
  scope: z.object({ host: z.string(), boot: z.string(), namespace: z.string() }),
  createdAt: z.string(),
});
const processSchema = z.object({ ...identity, what: z.string() });

/** Who opened a run folder; when that process has gone, the run has crashed. */
export interface Owner extends ProcessIdentity {
  scope: PidScope;
  /** ISO 8601. */
  createdAt: string;
}

export interface ProcessRecord extends ProcessIdentity {
  /** For people: `envoy of reviews.shop`. */
  what: string;
}

const ownerFile = (folder: string) => join(folder, 'owner.json');
/** One file per process, so that processes of a run can record theirs at the same time. */
const processFolder = (folder: string) => join(folder, 'processes');

export async function writeOwner(folder: string, owner: Owner): Promise<void> {
  await mkdir(processFolder(folder), { mode: 0o700 });
  await writeAtomically(ownerFile(folder), owner);
}

export async function readOwner(folder: string): Promise<Owner | undefined> {
  return ownerSchema.safeParse(await readJson(ownerFile(folder))).data;
}

export async function writeRecord(folder: string, record: ProcessRecord): Promise<void> {
  await writeAtomically(join(processFolder(folder), `${record.pid}.json`), record);
}

export async function removeRecord(folder: string, pid: number): Promise<void> {
  await rm(join(processFolder(folder), `${pid}.json`), { force: true });
}

/** All that can be read; a half-written or forged file names no process. */
export async function readRecords(folder: string): Promise<ProcessRecord[]> {
  const names = await readdir(processFolder(folder)).catch(() => []);
  const all = names.filter((n) => /^\d+\.json$/.test(n)).map((n) => readJson(join(processFolder(folder), n)));
  return (await Promise.all(all)).flatMap((value) => processSchema.safeParse(value).data ?? []);
}

async function writeAtomically(file: string, value: object): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(value)}\n`);
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** Undefined for what is absent, a symbolic link or no JSON. */
async function readJson(file: string): Promise<unknown> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW).catch(() => undefined);
  if (!handle) return undefined;
  try {
    return JSON.parse(await handle.readFile('utf8'));
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
