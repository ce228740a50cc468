import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GauntletError, gauntletError } from '../errors.ts';
import type { DriverName } from './replacement.ts';
import { runFolder } from './run-folder.ts';
import { variablePrefix } from './service.ts';

const tailLines = 30;

/** The reason of an abort signal whose time is up. */
export class DeadlinePassed extends Error {
  readonly afterMs: number;

  constructor(afterMs: number) {
    super(`not done after ${afterMs} ms`);
    this.name = 'DeadlinePassed';
    this.afterMs = afterMs;
  }
}

/** Why a stack did not come up: the culprit, and the end of its log. */
export class StartFailure extends GauntletError {
  readonly service: string;
  readonly logTail: string;

  constructor(error: GauntletError, service: string, logTail: string) {
    super(error.code, error.message, error.hint, { cause: error });
    this.service = service;
    this.logTail = logTail;
  }
}

/** A service that ended while the stack was coming up. `before` is false when it had been ready already. */
export function exitedService(
  runId: string,
  service: string,
  how: string,
  before: boolean,
  lookCloser: string,
) {
  const tail = logTail(runId, service);
  const port = /EADDRINUSE[^\n]*?:(\d{2,5})\b|address already in use[^\n]*?(\d{2,5})?/i.exec(tail);
  const error = port
    ? gauntletError('GNT_PORT_TAKEN', port[1] ?? port[2] ?? '', service, `${variablePrefix(service)}_PORT`)
    : gauntletError(before ? 'GNT_SERVICE_EXITED' : 'GNT_SERVICE_DIED', service, how, lookCloser);
  return new StartFailure(error, service, tail);
}

/** A service that was still not ready when the deadline passed. */
export function lateService(
  runId: string,
  service: string,
  deadlineMs: number,
  last: string,
  lookCloser: string,
) {
  const error = gauntletError(
    'GNT_SERVICE_NOT_READY',
    service,
    Math.round(deadlineMs / 1000),
    last,
    lookCloser,
  );
  return new StartFailure(error, service, logTail(runId, service));
}

/** The commands that show a failed service as it is. */
export function lookCloser(driver: DriverName, service: string): string {
  return `npx gauntlet up --driver ${driver} --keep-failed, then npx gauntlet logs ${service}`;
}

/** The last lines of a service's raw log; empty when it wrote nothing. */
export function logTail(runId: string, service: string): string {
  try {
    const text = readFileSync(join(runFolder(runId), 'logs', `${service}.log`), 'utf8').trimEnd();
    return text.split('\n').slice(-tailLines).join('\n');
  } catch {
    return '';
  }
}
