import type { HeaderList } from '../../world/header-list.ts';

/** `application/grpc`, alone or with a suffix like `+proto` (source/common/grpc/common.cc, isGrpcRequestHeaders). */
export const isGrpc = (headers: HeaderList): boolean =>
  /^application\/grpc($|\+)/.test(headers.get('content-type') ?? '');

/** source/common/grpc/status.cc, httpToGrpcStatus; 2, UNKNOWN, for all others. */
export const httpToGrpc: { readonly [status: number]: number } = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

const units: { [unit: string]: number } = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 0.001, n: 0.000_001 };

/** grpc-timeout in milliseconds, rounded up (source/common/grpc/common.cc, getGrpcTimeout). */
export function grpcTimeoutMs(value: string | undefined): number | undefined {
  const found = /^(\d{1,8})([HMSmun])$/.exec(value ?? '');
  return found ? Math.ceil(Number(found[1]) * (units[found[2] ?? ''] ?? 0)) : undefined;
}

/** In the finest unit from milliseconds on whose number has eight digits at most (source/common/grpc/common.cc, toGrpcTimeout). */
export function setGrpcTimeout(headers: HeaderList, milliseconds: number): void {
  for (const unit of ['m', 'S', 'M', 'H']) {
    const value = Math.floor(milliseconds / (units[unit] ?? 1));
    if (value > 99_999_999 && unit !== 'H') continue;
    headers.set('grpc-timeout', `${Math.min(value, 99_999_999)}${unit}`);
    return;
  }
}
