import type { ResponseFlag } from '../../../mesh/envoy/types.ts';
import type { Cause } from '../explanation.ts';
import { type Scene, step, type Tell } from './step.ts';

/** Flags in words; the sources are Envoy's access log documentation (RESPONSE_FLAGS). */
const flagsInWords: { readonly [flag in ResponseFlag]?: string } = {
  DC: 'the client has gone',
  DI: 'a fault delayed it',
  FI: 'a fault answered it',
  NC: 'there is no such cluster',
  NR: 'no route',
  RL: 'rate limited',
  UAEX: 'refused by external authorization',
  UC: 'the other side closed the connection',
  UF: 'no connection could be made',
  UH: 'no healthy endpoint',
  UO: 'a circuit breaker is full',
  UPE: 'the other side broke the protocol',
  UR: 'the other side reset it',
  URX: 'no retry is left',
  UT: 'no answer in time',
  SI: 'nothing came for too long',
  DT: 'it took too long',
};

export const flagInWords = (flag: string): string => {
  const words = (flagsInWords as { [flag: string]: string | undefined })[flag];
  return words === undefined ? flag : `${flag} (${words})`;
};

/** What is only passed on is the app's answer, told there. */
export const response: Tell<'response'> = ({ status, flags, details }, scene) => {
  const own = details !== 'via_upstream';
  if (!own && flags.length === 0) return [];
  const told = [...flags.map(flagInWords), ...(own ? [details] : [])];
  const text = `${status}${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
  return [step('answer', text, { outcome: status >= 400 ? 'failed' : 'passed', causes: limits(flags, scene) })];
};

/** The field that set the limit which was met. */
function limits(flags: readonly ResponseFlag[], { causes, events }: Scene): Cause[] {
  const route = events.findLast((e) => e.kind === 'route')?.pointer;
  const cluster = events.findLast((e) => e.kind === 'cluster')?.pointer;
  return [
    ...(flags.includes('UT') && route ? causes.within(`${route}/route/timeout`) : []),
    ...(flags.includes('URX') && route ? causes.within(`${route}/route/retryPolicy`) : []),
    ...(flags.includes('UO') && cluster ? causes.within(`${cluster}/circuitBreakers`) : []),
  ];
}

export const workload: Tell<'workload'> = ({ port }) => [step('request', `received on port ${port}`)];
