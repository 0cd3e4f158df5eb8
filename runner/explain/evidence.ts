import { explanationOf, type Told } from './explain.ts';

/** Why a request went as it did, for the evidence of a check that failed: at most `most` sentences. */
export const evidenceOf = (told: Told, most = 3): string[] => explanationOf(told).summary.slice(0, most);
