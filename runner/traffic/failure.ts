import type { ErrorKind, Observation } from '../observe/observation.ts';

type Failure = NonNullable<Observation['error']>;

/** An error whose kind is known where it arises. */
export class KindError extends Error {
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const codes: ReadonlySet<string> = new Set<ErrorKind>([
  'ECONNRESET',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EPIPE',
]);

export function failure(error: unknown): Failure {
  const { message, code = '' } = error as NodeJS.ErrnoException;
  if (error instanceof KindError) return { kind: error.kind, message };
  if (codes.has(code)) return { kind: code as ErrorKind, message };
  if (/^ERR_(SSL|TLS)_|^EPROTO$/.test(code)) return { kind: 'TLS', message };
  return { kind: 'OTHER', message: code && !message.includes(code) ? `${code}: ${message}` : message };
}

/** What fails before a TLS session stands is about TLS, unless the connection itself broke. */
export function handshakeFailure(error: NodeJS.ErrnoException): Error {
  // Node's words for an orderly end, to which it gives the code of a reset.
  if (/socket disconnected before secure TLS/.test(error.message))
    return new KindError('EOF', 'closed during the TLS handshake');
  return codes.has(error.code ?? '') ? error : new KindError('TLS', `${error.code ?? 'TLS'}: ${error.message}`);
}
