import { pino } from 'pino';
import { createServer } from './server.ts';

// Servers that speak like model servers, hosted providers and the APIs of bots, each below a path of its name.
const {
  PORT = '9600',
  HOST = '127.0.0.1',
  LOG_LEVEL = 'info',
  PROVIDER_URL = 'http://127.0.0.1:9100',
} = process.env;

const log = pino({ level: LOG_LEVEL });
const server = createServer({ providerUrl: PROVIDER_URL, log });
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
await server.listen({ port: Number(PORT), host: HOST });
