import type { Problem } from '../problem.ts';

const reasons: { [code: string]: string } = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'you have no permission to write there',
  EPERM: 'you have no permission to write there',
  ENOTDIR: 'a part of the path is a file',
  EEXIST: 'a file of that name is in the way',
};

/** The Problem in a failed file operation; undefined for errors that do not come from the file system. */
export function fsProblem(error: unknown, about: { doing: string; path: string; fix: string }): Problem | undefined {
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? String(error.code) : undefined;
  if (code === undefined) return undefined;
  const reason = reasons[code] ?? (error as Error).message;
  return { what: `cannot ${about.doing}: ${reason}`, where: { file: about.path }, fix: about.fix };
}
