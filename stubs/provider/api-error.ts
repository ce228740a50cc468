const TYPES: Readonly<Record<number, readonly [type: string, code: string | null]>> = {
  400: ['invalid_request_error', null],
  401: ['invalid_request_error', 'invalid_api_key'],
  403: ['permission_error', null],
  404: ['invalid_request_error', 'not_found'],
  408: ['timeout_error', null],
  413: ['invalid_request_error', 'request_too_large'],
  429: ['rate_limit_error', 'rate_limit_exceeded'],
};

export type ErrorBody = {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly param: string | null;
    readonly code: string | null;
  };
};

/** An error with the status and the body shape of the OpenAI API. */
export class ApiError extends Error {
  readonly status: number;
  readonly param: string | null;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, message: string, options: { param?: string; retryAfterSeconds?: number } = {}) {
    super(message);
    this.status = status;
    this.param = options.param ?? null;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get body(): ErrorBody {
    const [type, code] = TYPES[this.status] ?? ['server_error', null];
    return { error: { message: this.message, type, param: this.param, code } };
  }
}
