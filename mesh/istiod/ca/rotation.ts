import type { IssuedCertificate } from './ca.ts';

/** SECRET_GRACE_PERIOD_RATIO and SECRET_GRACE_PERIOD_RATIO_JITTER, pilot/cmd/pilot-agent/options/options.go. */
export const gracePeriodRatio = 0.5;
export const gracePeriodJitter = 0.01;

/** A source of numbers in [0, 1); mesh/world's Random is one. */
export interface Jitter {
  next(): number;
}

/**
 * When a certificate is to be replaced, in milliseconds since the epoch: its end less the grace period, which is half
 * of its life ± up to 1 % (rotateTime, security/pkg/nodeagent/cache/secretcache.go), so that proxies do not all renew at once.
 */
export function rotationTime(certificate: Pick<IssuedCertificate, 'createdAt' | 'notAfter'>, jitter: Jitter): number {
  const sign = jitter.next() < 0.5 ? -1 : 1;
  const ratio = gracePeriodRatio + sign * jitter.next() * gracePeriodJitter;
  return certificate.notAfter - ratio * (certificate.notAfter - certificate.createdAt);
}
