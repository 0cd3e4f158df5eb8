import type { Case } from './case.ts';
import { gatewayCases } from './gateway-cases.ts';
import { policyCases } from './policy-cases.ts';
import { trafficCases } from './traffic-cases.ts';
import { workloadCases } from './workload-cases.ts';

export const cases: readonly Case[] = [...trafficCases, ...gatewayCases, ...workloadCases, ...policyCases];
