import { typed } from '../any.ts';
import type { HttpFilterBuilder } from './filter.ts';

/** Empty: routes bring the faults. It must be in the chain for them to have an effect. */
export const fault: HttpFilterBuilder = () => [
  { name: 'envoy.filters.http.fault', typedConfig: typed('envoy.extensions.filters.http.fault.v3.HTTPFault') },
];
