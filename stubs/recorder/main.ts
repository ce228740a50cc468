import { pino } from 'pino';
import { Recorder } from './recorder.ts';
import { RecorderError } from './recorder-error.ts';
import { createServer } from './server.ts';
import { readSettings } from './settings.ts';

const stopLimitMs = 2_000;

try {
  run();
} catch (error) {
  const code = error instanceof RecorderError ? `${error.code}: ` : '';
  process.stderr.write(`recorder: ${code}${(error as Error).message}\n`);
  process.exit(1);
}

function run(): void {
  const settings = readSettings(process.env, process.argv.slice(2));
  const log = pino({ level: process.env.LOG_LEVEL ?? 'info' });
  const recorder = new Recorder(settings);
  const server = createServer(recorder, log);
  server.on('error', (error) => {
    process.stderr.write(`recorder: ${error.message}\n`);
    process.exit(1);
  });
  server.listen(settings.port, settings.host, () => {
    const { mode, folder, upstreams } = settings;
    log.info({
      mode,
      folder,
      upstreams: Object.fromEntries(upstreams),
      recordings: recorder.shelf.all.length,
    });
  });
  const stop = (): void => {
    recorder.drafts.settle();
    setTimeout(() => process.exit(0), stopLimitMs).unref();
    server.close(() => process.exit(0));
    server.closeAllConnections();
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}
