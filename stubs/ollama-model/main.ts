import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { models } from './models.ts';
import { ensureModels } from './register.ts';
import { modelRegistry } from './registry.ts';

// Registers the tiny models and keeps them registered, also when an Ollama comes back with an empty store.
// `GET /health` answers 200 while every Ollama has them, else 503 with the reason. Below /v2 is a registry of models;
// /health tells its address.
// `--write FILE` only writes the first model, for other servers that read GGUF (llamacpp.py).

const RETRY_MS = 300;
const RECHECK_MS = 5_000;
const { PORT = '9400', HOST = '127.0.0.1', OLLAMA_URLS = 'http://127.0.0.1:11434' } = process.env;
const { REGISTRY = `127.0.0.1:${PORT}` } = process.env;

if (process.argv[2] === '--write') {
  writeFileSync(process.argv[3] ?? 'tiny.gguf', models[0]?.file ?? '');
  process.exit(0);
}
let problem: string | undefined = 'not tried yet';

const registry = modelRegistry();
const names = models.map(({ name }) => name);
const server = createServer((request, response) => {
  if (registry(request, response)) return;
  const status = request.url === '/health' ? (problem === undefined ? 200 : 503) : 404;
  const body =
    problem === undefined
      ? { status: 'ok', models: names, registry: REGISTRY }
      : { status: 'waiting', problem };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(Number(PORT), HOST);
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));

for (;;) {
  const before: string | undefined = problem;
  problem = await Promise.all(OLLAMA_URLS.split(' ').map((url) => ensureModels(url, models))).then(
    () => undefined,
    (error: Error) => `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`,
  );
  if (problem !== before) {
    process.stdout.write(`${JSON.stringify({ msg: problem ?? 'registered', models: names })}\n`);
  }
  await sleep(problem === undefined ? RECHECK_MS : RETRY_MS);
}
