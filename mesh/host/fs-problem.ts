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

export interface FailedWork {
  /** As in "cannot <doing>". */
  doing: string;
  path: string;
  fix: string;
}

/** The Problem in a failed file operation; undefined for errors that do not come from the file system. */
export function fsProblem(error: unknown, work: FailedWork): Problem | undefined {
  if (!(error instanceof Error && 'code' in error && 'syscall' in error)) return undefined;
  return workProblem(reasons[String(error.code)] ?? error.message, work);
}

/** The same for a full disk that another program met and told in its own words. */
export const diskFull = (work: FailedWork): Problem => workProblem(reasons.ENOSPC ?? '', work);

const workProblem = (reason: string, { doing, path, fix }: FailedWork): Problem => ({
  what: `cannot ${doing}: ${reason}`,
  where: { file: path },
  fix,
});
