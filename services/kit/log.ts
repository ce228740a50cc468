import { type Logger, pino } from 'pino';
import type { Environment } from './environment.ts';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const warnLevel = 40;

/** Lines are held back so long and so far at most. A write of up to 4 KiB to a pipe is never mixed with another's. */
const holdMs = 50;
const holdChars = 2_048;

/** JSON lines on stdout; `worker` is absent in the primary's. */
export function createLog(service: string, env: Environment, worker?: number): Logger {
  return pino(
    {
      level: env.oneOf('LOG_LEVEL', 'info', levels),
      base: { service, pid: process.pid, ...(worker === undefined ? {} : { worker }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      // Never log a header or body by accident.
      redact: { paths: ['req.headers', 'headers', 'body', '*.authorization', '*.password'], remove: true },
    },
    heldLines(pino.destination({ dest: 1, sync: true })),
  );
}

/**
 * Writes several lines at once where nobody waits for them: a call of the system for each would be most of a line's cost.
 * Warnings and worse go out at once, with what came before them; the end of the process leaves nothing behind.
 */
export function heldLines(destination: { write(lines: string): unknown }): { write(line: string): void } {
  let held = '';
  let timer: NodeJS.Timeout | undefined;
  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    const lines = held;
    held = '';
    if (lines !== '') destination.write(lines);
  };
  process.on('exit', release);
  const stream = {
    // Asks pino for the level of each line, as `lastLevel`.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write: (line: string) => {
      // Before the line, so that only a line that is long itself makes a long write.
      if (held.length + line.length > holdChars) release();
      held += line;
      if (stream.lastLevel >= warnLevel) release();
      else timer ??= setTimeout(release, holdMs).unref();
    },
  };
  return stream;
}
