/** What the learner did, kept in the browser only; the same shape is read and written by the command line. */
export interface Progress {
  schema: 'mesh-labs/progress/v1';
  /** Lessons read, with the day, yyyy-mm-dd. */
  lessons: { [slug: string]: string };
  /** Questions answered, by LESSON/QUESTION: `right` once it was. */
  answers: { [question: string]: 'right' | 'wrong' };
  /** Labs passed, with the day. */
  labs: { [id: string]: string };
}

const key = 'mesh-labs/progress';
export const noProgress = (): Progress => ({ schema: 'mesh-labs/progress/v1', lessons: {}, answers: {}, labs: {} });

const isRecord = (value: unknown, fits: (text: string) => boolean): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).every((v: unknown) => typeof v === 'string' && fits(v));
const isDay = (text: string) => /^\d{4}-\d\d-\d\d$/.test(text);
const isAnswer = (text: string) => text === 'right' || text === 'wrong';

/** A text that a learner imports, or that the browser kept. Undefined when it is not a progress file. */
export function parseProgress(text: string): Progress | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { schema, lessons, answers, labs } = value as Partial<Progress>;
    const days = isRecord(lessons, isDay) && isRecord(labs, isDay);
    return schema === 'mesh-labs/progress/v1' && days && isRecord(answers, isAnswer) ? (value as Progress) : undefined;
  } catch {
    return undefined;
  }
}

const earlier = (a: { [id: string]: string }, b: { [id: string]: string }) =>
  Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((id) => [
      id,
      [a[id], b[id]].flatMap((d) => d ?? []).sort()[0] ?? '',
    ]),
  );

/** Both together: the earlier day of each lesson and lab, and an answer that was right once is right. */
export function merged(a: Progress, b: Progress): Progress {
  const right = (question: string) => a.answers[question] === 'right' || b.answers[question] === 'right';
  const questions = [...new Set([...Object.keys(a.answers), ...Object.keys(b.answers)])];
  return {
    schema: 'mesh-labs/progress/v1',
    lessons: earlier(a.lessons, b.lessons),
    answers: Object.fromEntries(questions.map((q) => [q, right(q) ? 'right' : 'wrong'])),
    labs: earlier(a.labs, b.labs),
  };
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
  const answered = {
    ...noProgress(),
    answers: { [`${lesson}/${question}`]: right ? ('right' as const) : ('wrong' as const) },
  };
  writeProgress(merged(progress, answered));
}

/** Reads or unreads a lesson; the day is the reader's own. */
export function markRead(lesson: string, read: boolean): void {
  const progress = readProgress();
  const { [lesson]: _, ...others } = progress.lessons;
  const day = new Date().toLocaleDateString('sv-SE');
  writeProgress({ ...progress, lessons: read ? { ...others, [lesson]: day } : others });
}
