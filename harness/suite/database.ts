import postgres, { type Sql } from 'postgres';
import { service, setting } from './stack.ts';

/** A connection to the stack's PostgreSQL, to look at what services wrote there. End it when the file is done. */
export function openDatabase(): Sql {
  const { hostname, port } = new URL(service('postgres').url);
  return postgres({
    host: hostname,
    port: Number(port),
    user: 'gauntlet',
    password: setting('POSTGRES_PASSWORD'),
    database: 'gauntlet',
    max: 2,
    connect_timeout: 10,
    onnotice: () => undefined,
  });
}
