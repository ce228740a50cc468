/**
 * Why a key can't be used. 422 and 409 are those of the IETF's draft (draft-ietf-httpapi-idempotency-key-header §2.7): the
 * one says that trying again is of no use, the other that it is.
 */
export class IdempotencyError extends Error {
  override readonly name = 'IdempotencyError';
  readonly statusCode: 400 | 409 | 422 | 429;
  readonly code: string;
  /** Seconds. */
  readonly retryAfter: string | undefined;

  constructor(statusCode: 400 | 409 | 422 | 429, code: string, message: string, retryAfter?: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
    this.retryAfter = retryAfter;
  }
}

export const invalidKey = () =>
  new IdempotencyError(
    400,
    'invalid_idempotency_key',
    'Idempotency-Key must be given once, with 1 to 255 printable ASCII characters.',
  );

export const keyReused = () =>
  new IdempotencyError(
    422,
    'idempotency_key_reused',
    'This Idempotency-Key was used with another request body.',
  );

export const keyInUse = () =>
  new IdempotencyError(
    409,
    'idempotency_key_in_use',
    'A request with this Idempotency-Key is still under way; try again.',
    '1',
  );

export const tooManyKeys = () =>
  new IdempotencyError(
    429,
    'too_many_idempotency_keys',
    'Too many Idempotency-Keys are remembered for this caller.',
    '60',
  );
