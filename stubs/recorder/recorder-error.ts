export type RecorderErrorCode =
  | 'RECORDER_SETTINGS'
  | 'RECORDER_SCOPE_INVALID'
  | 'RECORDER_UPSTREAM_UNKNOWN'
  | 'RECORDER_UPSTREAM_UNREACHABLE'
  | 'RECORDER_BODY_TOO_LARGE'
  | 'RECORDER_INTERNAL'
  | 'RECORDING_MISSING'
  | 'RECORDING_TORN'
  | 'RECORDING_VERSION'
  | 'RECORDING_INVALID'
  | 'RECORDING_EDITED'
  | 'RECORDING_DOUBLE'
  | 'RECORDING_SECRET'
  | 'RECORDING_HTML'
  | 'RECORDING_UNDECLARED_GZIP'
  | 'RECORDING_TOO_LARGE'
  | 'RECORDING_OUTRUN';

/** An error with a code; its message names the file or the variable and never holds a credential. */
export class RecorderError extends Error {
  readonly code: RecorderErrorCode;
  /** With which the edge answers a request that meets it. */
  readonly status: number;

  constructor(code: RecorderErrorCode, message: string, status = 500) {
    super(message);
    this.name = 'RecorderError';
    this.code = code;
    this.status = status;
  }
}
