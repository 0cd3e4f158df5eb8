import { cacheOf, cacheOfUnknown, httpLookup, isDynamic, looksUpUnknown } from '../dynamic-dns/dynamic-dns.ts';
import type { HttpFilterBuilder } from './filter.ts';

/** Looks up the host of a request: for the service that the listener was made for, and for hosts that nobody defined. */
export const lookupHosts: HttpFilterBuilder = ({ context, direction, service }) => {
  if (direction !== 'outbound') return [];
  return [
    ...(service && isDynamic(service) ? [httpLookup(cacheOf(context, service))] : []),
    ...(looksUpUnknown(context) ? [httpLookup(cacheOfUnknown(context))] : []),
  ];
};
