import { createWriteStream } from 'node:fs';
import { pino } from 'pino';
import { Journal } from './journal.ts';
import { createServer } from './server.ts';

const DRAIN_MS = 2_000;
const env = process.env;

try {
  await run();
} catch (error) {
  process.stderr.write(`provider: ${(error as Error).message}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
  const port = number('PORT', 9100, 65_535);
  const pacing = {
    ttftMs: number('TTFT_MS', 0, 600_000),
    tokensPerSecond: number('TOKENS_PER_SECOND', 0, 1_000_000),
  };
  const file = env.JOURNAL_FILE ? createWriteStream(env.JOURNAL_FILE, { flags: 'a' }) : undefined;
  const log = pino({ level: env.LOG_LEVEL ?? 'info' });
  file?.on('error', (error) => log.error({ error }, 'the journal file cannot be written'));
  const journal = new Journal(number('JOURNAL_CAPACITY', 20_000, 1_000_000), file);
  const server = createServer({ journal, pacing, log });
  await server.listen({ port, host: env.HOST ?? '127.0.0.1' });

  const stop = (): void => {
    setTimeout(() => process.exit(0), DRAIN_MS).unref();
    void server.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function number(name: string, fallback: number, max: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!(value >= 0 && value <= max))
    throw new Error(`${name} must be a number from 0 to ${max}, not "${text}"`);
  return value;
}
