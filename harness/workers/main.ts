import { asScopeError } from './scope-error.ts';
import { startScope } from './scope-server.ts';
import { readSettings } from './settings.ts';

/** The scope as a process of its own: settings from the environment, one JSON line when it listens. */
try {
  const settings = readSettings(process.env);
  const scope = await startScope(settings);
  const services = [...settings.services.keys()];
  console.log(
    JSON.stringify({
      level: 'info',
      msg: 'scope listening',
      host: settings.host,
      port: scope.port,
      services,
    }),
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void scope.close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(`scope: ${asScopeError(error).message}`);
  process.exit(1);
}
