import { typed } from '../any.ts';
import type { HttpFilterBuilder } from './filter.ts';

/** Empty: routes bring the policies. */
export const cors: HttpFilterBuilder = () => [
  { name: 'envoy.filters.http.cors', typedConfig: typed('envoy.extensions.filters.http.cors.v3.Cors') },
];
