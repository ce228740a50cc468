export type WireErrorCode =
  | 'WIRE_SETTINGS'
  | 'WIRE_UNAUTHORIZED'
  | 'WIRE_REQUEST_INVALID'
  | 'WIRE_FAULT_INVALID'
  | 'WIRE_FAULT_UNKNOWN'
  | 'WIRE_FAULT_LATE'
  | 'WIRE_FAULT_LIMIT'
  | 'WIRE_LINK_UNKNOWN'
  | 'WIRE_WAIT_TIMEOUT'
  | 'WIRE_INTERNAL';

/** An error with a code, and the status with which the control API answers it. */
export class WireError extends Error {
  readonly code: WireErrorCode;
  readonly status: number;

  constructor(code: WireErrorCode, status: number, message: string) {
    super(message);
    this.name = 'WireError';
    this.code = code;
    this.status = status;
  }
}
