import { flag, typed } from '../any.ts';
import type { HttpFilterBuilder } from './filter.ts';

export const router: HttpFilterBuilder = ({ context }) => [
  {
    name: 'envoy.filters.http.router',
    typedConfig: typed('envoy.extensions.filters.http.router.v3.Router', {
      suppressEnvoyHeaders: flag(context.proxyConfig.proxyHeaders?.envoyDebugHeaders?.disabled),
    }),
  },
];
