/** Every error the scope answers with: HTTP status and what the reader can do about it. */
const scopeErrors = {
  GNT_SCOPE_SETTINGS: [500, 'See the variables at the top of harness/workers/settings.ts.'],
  GNT_SCOPE_TOKEN: [
    401,
    "Send the run's token: proxy password or bearer token on the proxy, bearer token on the API.",
  ],
  GNT_SCOPE_BAD_REQUEST: [400, 'See the routes in harness/workers/control-api.ts.'],
  GNT_SCOPE_NO_ROUTE: [
    404,
    'Routes: GET /health, /workers, /workers/<service>/<worker>[/memory], /owner; POST /workers/<service>/<worker>/<action>.',
  ],
  GNT_SCOPE_FAILED: [500, 'An error of the scope itself; its log has the cause.'],
  GNT_UNKNOWN_SERVICE: [
    404,
    'Name a service of this stack, as <service>, <service>.w<index> or <service>.p<pid>.',
  ],
  GNT_NO_SUCH_WORKER: [
    404,
    'GET /workers lists the workers there are now; one that died may still be on its way back.',
  ],
  GNT_SINGLE_WORKER: [
    404,
    'The service runs one process, w1. Start it with WORKERS=2 or more to choose between workers.',
  ],
  GNT_NO_WORKERS: [
    503,
    'No process of this run listens on the port of the service. Is it up? Under compose: does the scope have pid: host?',
  ],
  GNT_PROC_UNREADABLE: [
    503,
    'The scope reads /proc: it needs Linux and, for processes of other users, CAP_SYS_PTRACE and pid: host.',
  ],
  GNT_FOREIGN_PID: [403, 'The scope touches only processes that carry GAUNTLET_RUN of its own run.'],
  GNT_NO_SUCH_CONNECTION: [
    404,
    'Give the local port of the client side of a connection that is established now.',
  ],
  GNT_OWNER_UNKNOWN: [504, 'No worker accepted the connection in time: are they all busy or stopped?'],
  GNT_SERVICE_UNREACHABLE: [502, 'The service refused the connection or did not complete it in time.'],
  GNT_WORKER_DIED: [502, 'The worker ended while a connection to it was being opened.'],
  GNT_WORKER_STOPPED: [
    503,
    'A stopped worker accepts nothing: open the connection first, or continue the worker.',
  ],
  GNT_WORKER_NOT_REACHED: [
    504,
    'Other workers took every connection. `x-gauntlet-force: stop-others` stops them for the moment of the connect.',
  ],
  GNT_WORKER_BROKE_OFF: [502, 'The worker closed the connection before it answered.'],
  GNT_SIGNAL_FAILED: [
    502,
    'The signal was sent but the process did not change state in time, or it may not be signalled.',
  ],
} as const satisfies Record<string, readonly [status: number, hint: string]>;

export type ScopeErrorCode = keyof typeof scopeErrors;

/** An error with a code, an HTTP status and a hint. The message never contains the token. */
export class ScopeError extends Error {
  override readonly name = 'ScopeError';
  readonly code: ScopeErrorCode;
  readonly status: number;
  readonly hint: string;

  constructor(code: ScopeErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    [this.status, this.hint] = scopeErrors[code];
  }
}

/** The JSON body of an error answer. */
export function errorBody(error: ScopeError): string {
  return JSON.stringify({ error: { code: error.code, message: error.message, hint: error.hint } });
}

/** Any thrown value as a ScopeError; what the scope did not foresee becomes GNT_SCOPE_FAILED. */
export function asScopeError(error: unknown): ScopeError {
  if (error instanceof ScopeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new ScopeError('GNT_SCOPE_FAILED', message, { cause: error });
}
