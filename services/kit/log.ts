import { type Logger, pino } from 'pino';
import type { Environment } from './environment.ts';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
const warnLevel = 40;

/** Lines are held back so long and so far at most. A write of less than 4 KiB to a pipe is never mixed with another's. */
const holdMs = 50;
const holdBytes = 2_048;

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
    heldLines(pino.destination({ dest: 1, sync: true, minLength: holdBytes })),
  );
}

interface Lines {
  write(line: string): unknown;
  flushSync(): void;
}

/**
 * Writes several lines at once where nobody waits for them: a call of the system for each would be most of a line's cost.
 * Warnings and worse go out at once, with what came before them; the end of the process leaves nothing behind.
 */
export function heldLines(lines: Lines): { write(line: string): void } {
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    lines.flushSync();
  };
  process.on('exit', flush);
  const held = {
    // Asks pino for the level of each line, as `lastLevel`.
    [Symbol.for('pino.metadata')]: true,
    lastLevel: 0,
    write: (line: string) => {
      lines.write(line);
      if (held.lastLevel >= warnLevel) flush();
      else timer ??= setTimeout(flush, holdMs).unref();
    },
  };
  return held;
}
