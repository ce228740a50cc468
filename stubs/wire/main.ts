import { pino } from 'pino';
import { createControl } from './server.ts';
import { readSettings } from './settings.ts';
import { Wire } from './wire.ts';

const stopLimitMs = 2_000;

try {
  await run();
} catch (error) {
  process.stderr.write(`wire: ${(error as Error).message}\n`);
  process.exit(1);
}

async function run(): Promise<void> {
  const settings = readSettings(process.env);
  const log = pino({ level: process.env.LOG_LEVEL ?? 'info' });
  const wire = new Wire({ ...settings, onError: (error) => log.error({ err: error }, 'a link failed') });
  await wire.listen();
  const control = createControl({ wire, token: settings.token, log });
  await control.listen({ port: settings.port, host: settings.host });
  log.info({ links: [...wire.links.values()] }, 'links are open');

  const stop = (): void => {
    setTimeout(() => process.exit(0), stopLimitMs).unref();
    wire.close();
    void control.close().then(() => process.exit(0));
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
