/** What the learner did, kept in the browser only; the same shape is read and written by the command line. */
export interface Progress {
  schema: 'mesh-labs/progress/v1';
  /** Lessons read, with the day. */
  lessons: { [slug: string]: string };
  /** Questions answered: `right` once it was. */
  answers: { [question: string]: 'right' | 'wrong' };
  /** Labs passed, with the day. */
  labs: { [id: string]: string };
}

const key = 'mesh-labs/progress';
export const noProgress = (): Progress => ({ schema: 'mesh-labs/progress/v1', lessons: {}, answers: {}, labs: {} });

const isRecord = (value: unknown): value is { [name: string]: string } =>
  typeof value === 'object' && value !== null && Object.values(value).every((v) => typeof v === 'string');

/** A text that a learner imports, or that the browser kept. Undefined when it is not a progress file. */
export function parseProgress(text: string): Progress | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { schema, lessons, answers, labs } = value as Partial<Progress>;
    const known = schema === 'mesh-labs/progress/v1' && [lessons, answers, labs].every(isRecord);
    return known ? (value as Progress) : undefined;
  } catch {
    return undefined;
  }
}

/** Storage can be refused (private windows, policies); learning goes on without it. */
export function readProgress(): Progress {
  try {
    return parseProgress(localStorage.getItem(key) ?? '') ?? noProgress();
  } catch {
    return noProgress();
  }
}

export function writeProgress(progress: Progress): void {
  try {
    localStorage.setItem(key, JSON.stringify(progress));
  } catch {
    return;
  }
  dispatchEvent(new CustomEvent('mesh-progress'));
}

export function markAnswered(lesson: string, question: string, right: boolean): void {
  const progress = readProgress();
  const id = `${lesson}/${question}`;
  if (progress.answers[id] !== 'right') progress.answers[id] = right ? 'right' : 'wrong';
  writeProgress(progress);
}
