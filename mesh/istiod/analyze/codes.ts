import type { Code } from './code.ts';
import { gateway } from './codes/gateway.ts';
import { general } from './codes/general.ts';
import { policy } from './codes/policy.ts';
import { traffic } from './codes/traffic.ts';
import { workload } from './codes/workload.ts';

/**
 * Every code that an analyzer raises, by Istio's name. Not here: codes of checks that need a second cluster (IST0126, IST0170),
 * of `istioctl precheck` (IST0141–IST0143, IST0156, IST0168, IST0169, IST0172), and what istioctl never tells (IST0001, IST0136).
 */
export const codes = { ...general, ...traffic, ...gateway, ...workload, ...policy };

export const allCodes: readonly Code<never>[] = Object.values(codes);
