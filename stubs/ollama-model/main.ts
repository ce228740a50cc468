import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildModel } from './model.ts';
import { ensureModel } from './register.ts';

// Registers the tiny model and keeps it registered, also when Ollama comes back with an empty store.
// `GET /health` answers 200 while the model is registered and loads, else 503 with the reason.
// `--write FILE` only writes the model, for other servers that read GGUF (llamacpp.py).

const RETRY_MS = 300;
const RECHECK_MS = 5_000;
const {
  PORT = '9400',
  HOST = '127.0.0.1',
  OLLAMA_URL = 'http://127.0.0.1:11434',
  MODEL = 'tiny',
} = process.env;

const file = buildModel();
if (process.argv[2] === '--write') {
  writeFileSync(process.argv[3] ?? 'tiny.gguf', file);
  process.exit(0);
}
let problem: string | undefined = 'not tried yet';

const server = createServer((request, response) => {
  const status = request.url === '/health' ? (problem === undefined ? 200 : 503) : 404;
  const body = problem === undefined ? { status: 'ok', model: MODEL } : { status: 'waiting', problem };
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(Number(PORT), HOST);
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));

for (;;) {
  const before: string | undefined = problem;
  problem = await ensureModel({ ollamaUrl: OLLAMA_URL, model: MODEL, file }).then(
    () => undefined,
    (error: Error) => `${error.message}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`,
  );
  if (problem !== before) {
    process.stdout.write(
      `${JSON.stringify({ msg: problem ?? 'registered', model: MODEL, bytes: file.length })}\n`,
    );
  }
  await sleep(problem === undefined ? RECHECK_MS : RETRY_MS);
}
