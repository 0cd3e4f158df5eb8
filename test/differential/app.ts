import type { Seen } from './feature.ts';

/** What an app does with one attempt. */
export interface Deed {
  status: number;
  headers: [string, string][];
  body: string;
  delayMs: number;
  /** `reset`: the connection ends without an answer; `hang`: no answer ever comes. */
  end?: 'reset' | 'hang';
}

/**
 * All apps of one side: they write down what they see and do what `x-do` asks for. Its steps are parted by commas, one for
 * each attempt of a request (the last repeats); the words of a step: a status, `delay=MS`, `reset`, `hang`, `body=TEXT`,
 * and `name:value` for a header.
 */
export class Recorder {
  readonly #seen = new Map<string, Seen[]>();

  /** Requests are told apart by `x-id`; mirrored copies do not move the steps on. */
  onRequest(seen: Seen): Deed {
    const header = (name: string) => seen.headers.find(([n]) => n === name)?.[1] ?? '';
    const id = header('x-id');
    const list = this.#seen.get(id) ?? [];
    this.#seen.set(id, list);
    const isCopy = /-shadow(:\d+)?$/.test(header('host'));
    const before = list.filter((s) => !/-shadow(:\d+)?$/.test(s.headers.find(([n]) => n === 'host')?.[1] ?? '')).length;
    list.push(seen);
    return deedOf(isCopy ? '' : header('x-do'), before, seen.pod);
  }

  seen(id: string): readonly Seen[] {
    return this.#seen.get(id) ?? [];
  }
}

function deedOf(what: string, attempt: number, pod: string): Deed {
  const steps = what.split(',');
  const step = steps[Math.min(attempt, steps.length - 1)] ?? '';
  const deed: Deed = { status: 200, headers: [], body: pod, delayMs: 0 };
  for (const word of step.trim().split(/\s+/)) {
    if (/^\d+$/.test(word)) deed.status = Number(word);
    else if (word.startsWith('delay=')) deed.delayMs = Number(word.slice(6));
    else if (word.startsWith('body=')) deed.body = word.slice(5);
    else if (word === 'reset' || word === 'hang') deed.end = word;
    else if (word.includes(':'))
      deed.headers.push([word.slice(0, word.indexOf(':')), word.slice(word.indexOf(':') + 1)]);
  }
  return deed;
}
