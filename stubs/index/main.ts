import path from 'node:path';
import { createIndex } from './server.ts';
import { buildPackages, readWheels } from './wheels.ts';

const DRAIN_MS = 2_000;
const { PORT = '9200', HOST = '127.0.0.1', WHEELS_DIR } = process.env;

const wheels = [
  ...(await buildPackages(path.join(import.meta.dirname, 'packages'))),
  ...(WHEELS_DIR ? await readWheels(WHEELS_DIR) : []),
];
const server = createIndex(wheels);
await server.listen({ port: Number(PORT), host: HOST });
const names = wheels.map(({ filename }) => filename);
process.stdout.write(`${JSON.stringify({ msg: 'serving', port: Number(PORT), pid: process.pid, names })}\n`);

const stop = (): void => {
  setTimeout(() => process.exit(0), DRAIN_MS).unref();
  void server.close().then(() => process.exit(0));
};
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
