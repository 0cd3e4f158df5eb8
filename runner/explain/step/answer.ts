import type { ResponseFlag } from '../../../mesh/envoy/types.ts';
import { step, type Tell } from './step.ts';

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

export const response: Tell<'response'> = ({ status, flags, details }) => {
  const own = details !== 'via_upstream';
  const told = [...flags.map(flagInWords), ...(own ? [details] : [])];
  const text = `${status}${told.length > 0 ? `: ${told.join(', ')}` : ''}`;
  return [step('answer', text, { outcome: own && status >= 400 ? 'failed' : 'passed' })];
};

export const workload: Tell<'workload'> = ({ port }) => [step('request', `received on port ${port}`)];
