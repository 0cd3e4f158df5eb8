import type { Feature } from '../feature.ts';
import { directResponse } from './direct-response.ts';

/** One line per feature. */
export const features: readonly Feature[] = [directResponse];
