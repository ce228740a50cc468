import { type Logger, pino } from 'pino';
import type { Environment } from './environment.ts';

const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** JSON lines on stdout; `worker` is absent in the primary's. */
export function createLog(service: string, env: Environment, worker?: number): Logger {
  return pino({
    level: env.oneOf('LOG_LEVEL', 'info', levels),
    base: { service, pid: process.pid, ...(worker === undefined ? {} : { worker }) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    // Never log a header or body by accident.
    redact: { paths: ['req.headers', 'headers', 'body', '*.authorization', '*.password'], remove: true },
  });
}
