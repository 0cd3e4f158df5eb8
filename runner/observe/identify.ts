import type { App } from '../lab/lab.ts';
import type { Observation } from './observation.ts';
import { headersHold, textHolds } from './text-rule.ts';

/** What a traffic client records of one call: an observation that nobody has read yet. */
export type TrafficRecord = Omit<Observation, 'version' | 'pod'>;

/**
 * Reads version and pod from answers by the rules of the app that owns the called Service; the same in all places.
 *
 * Only answers with a 2xx status are read: a proxy's own 503 lacks everything that a rule says an answer lacks. A version
 * is told only when exactly one rule holds, so that an answer which fits two versions counts for neither.
 */
export function identify(app: Pick<App, 'identify' | 'pod'> | undefined): (record: TrafficRecord) => Observation {
  const rules = Object.entries(app?.identify ?? {});
  const podPattern = app?.pod?.body === undefined ? undefined : new RegExp(app.pod.body, 'u');
  return (record) => {
    if (record.status === undefined || record.status < 200 || record.status > 299) return record;
    const fitting = rules.filter(
      ([, { body, header }]) =>
        (!body || textHolds(record.body, body)) && (!header || headersHold(record.headers, header)),
    );
    const [only, ...others] = fitting;
    const podHeader = app?.pod?.header === undefined ? undefined : record.headers[app.pod.header.toLowerCase()];
    const pod = podHeader ?? podPattern?.exec(record.body)?.[1];
    return {
      ...record,
      ...(only && others.length === 0 && { version: only[0] }),
      ...(pod !== undefined && { pod }),
    };
  };
}
