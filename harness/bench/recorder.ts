import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { countingProvider, type RecorderProcess, startRecorder } from '../suite/recorder.ts';

const calls = 400;
const recordings = 1_000;
const events = 50;
const pauseMs = 10;

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** What a replay costs beside a bare server, what it keeps of a stream, how soon it is there, and what it saves. */
export async function benchRecorder(rounds: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-recorder-'));
  try {
    await added(join(folder, 'added'), rounds);
    await boundaries(join(folder, 'boundaries'));
    await loading(join(folder, 'loading'), rounds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A call that is replayed, beside the same one to a server that answers at once. */
async function added(folder: string, rounds: number): Promise<void> {
  const provider = await countingProvider((_count, _request, response) =>
    response.setHeader('content-type', 'application/json').end(`{"text":"${'x'.repeat(400)}"}`),
  );
  const agent = new http.Agent({ keepAlive: true });
  await recording(folder, provider.url, async ({ url }) => {
    for (let n = 0; n < calls; n += 1) await ask(agent, url, n);
  });
  const differences: number[] = [];
  const directs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const replaying = await startRecorder('replay', folder);
    const direct: number[] = [];
    const replayed: number[] = [];
    // In turn, so that a machine that is slow for a while is so for both.
    for (let n = 0; n < calls; n += 1) {
      direct.push((await ask(agent, provider.url, n)).ms);
      replayed.push((await ask(agent, replaying.url, n)).ms);
    }
    const { misses } = await replaying.report();
    if (misses.length > 0) throw new Error(`${misses.length} misses`);
    await replaying.stop();
    directs.push(median(direct));
    differences.push(median(replayed) - median(direct));
  }
  agent.destroy();
  await provider.stop();
  console.log(
    `replay at full speed adds ${median(differences).toFixed(2)} ms (p50 of ${calls} calls, median of ${rounds} rounds) to ${median(directs).toFixed(2)} ms`,
  );
}

/** Pieces of a stream as they were sent, and as they come from the recording; and how long both take. */
async function boundaries(folder: string): Promise<void> {
  const provider = await countingProvider(async (_count, _request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let n = 0; n < events; n += 1) {
      await delay(pauseMs);
      await new Promise((resolve) => response.write(`data: {"n":${n},"text":"é`, resolve));
      await new Promise((resolve) => response.write(`"}\n\n`, resolve));
    }
    response.end();
  });
  const agent = new http.Agent();
  let live: Asked | undefined;
  await recording(folder, provider.url, async ({ url }) => {
    live = await ask(agent, url, 0);
  });
  await provider.stop();
  const replaying = await startRecorder('replay', folder);
  const played = await ask(agent, replaying.url, 0);
  await replaying.stop();
  const same = played.pieces.filter((piece, at) => piece === live?.pieces[at]).length;
  console.log(
    `${same} of ${live?.pieces.length} pieces of a stream come as they were sent (${2 * events} were); ` +
      `replayed in ${played.ms.toFixed(0)} ms, recorded in ${live?.ms.toFixed(0)} ms`,
  );
}

/** From the first line of the recorder's program to recordings that are ready. */
async function loading(folder: string, rounds: number): Promise<void> {
  mkdirSync(folder);
  const provider = await countingProvider((_count, _request, response) =>
    response.setHeader('content-type', 'application/json').end(`{"text":"${'x'.repeat(2_000)}"}`),
  );
  const agent = new http.Agent({ keepAlive: true });
  await recording(folder, provider.url, async ({ url }) => {
    for (let n = 0; n < recordings; n += 1) await ask(agent, url, n);
  });
  agent.destroy();
  await provider.stop();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const replaying = await startRecorder('replay', folder);
    const { loadedInMs } = (await (await fetch(`${replaying.url}/health`)).json()) as { loadedInMs: number };
    times.push(loadedInMs);
    await replaying.stop();
  }
  console.log(`${recordings} recordings are loaded in ${median(times).toFixed(0)} ms (median of ${rounds})`);
}

async function recording(
  folder: string,
  upstream: string,
  use: (recorder: RecorderProcess) => Promise<void>,
): Promise<void> {
  const recorder = await startRecorder('record', folder, upstream);
  try {
    await use(recorder);
    const { failures } = await recorder.report();
    if (failures.length > 0) throw new Error(failures[0]?.message);
  } finally {
    await recorder.stop();
  }
}

interface Asked {
  readonly ms: number;
  readonly pieces: readonly string[];
}

function ask(agent: http.Agent, url: string, n: number): Promise<Asked> {
  return new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const headers = { 'content-type': 'application/json' };
    const request = http.request(
      `${url}/v1/chat/completions`,
      { method: 'POST', agent, headers },
      (answer) => {
        const pieces: string[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece.toString('latin1')));
        answer.on('error', reject);
        answer.on('end', () => {
          if (answer.statusCode === 200) resolve({ ms: performance.now() - startedAt, pieces });
          else reject(new Error(`${url} answered ${answer.statusCode}`));
        });
      },
    );
    request.on('error', reject);
    request.end(
      JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `What is ${n} + ${n}?` }] }),
    );
  });
}
