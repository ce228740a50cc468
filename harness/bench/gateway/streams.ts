import { createParser } from 'eventsource-parser';
import { Pool } from 'undici';
import { quantile } from '../statistics.ts';
import { chatBody } from './ask.ts';
import { Load } from './load.ts';
import { residentKb } from './resident-memory.ts';
import type { Subject } from './subject.ts';
import { straightGateway } from './subjects.ts';

export interface StreamsFigures {
  readonly streams: number;
  readonly framesPerStream: number;
  /** Streams that ended without all of their frames in order, their finish reason and `[DONE]`. */
  readonly wrong: number;
  /** At most, while all of them were open, above what the service held before. */
  readonly kbPerStream: number;
  readonly firstP50Ms: number;
  readonly firstP99Ms: number;
}

const streams = 500;
const framesPerStream = 20;
const frameBytes = 256;
const everyMs = 300;
const sampleMs = 250;

/** {@link streams} streams of numbered frames at once: what of them arrives, and what memory the gateway takes for them. */
export async function measureStreams(gatewayUrl: string, runId: string): Promise<StreamsFigures> {
  const subject = { name: 'gateway', ...straightGateway(gatewayUrl) } as const;
  const load = new Load(subject);
  for (const stream of [false, true])
    await load.block({ concurrency: 16, stream, requests: 1_000, ms: 60_000 });
  await load.close();

  const before = residentKb(runId, 'gateway');
  let most = before;
  const sampling = setInterval(() => {
    most = Math.max(most, residentKb(runId, 'gateway'));
  }, sampleMs);
  const pool = new Pool(gatewayUrl, { connections: streams });
  const text = `What is 2+2? frames=${framesPerStream} bytes=${frameBytes} everyMs=${everyMs}`;
  const body = chatBody(subject.model, true, text);
  try {
    const read = await Promise.all(Array.from({ length: streams }, () => readNumbered(pool, subject, body)));
    const firsts = read.map(({ firstMs }) => firstMs);
    return {
      streams,
      framesPerStream,
      wrong: read.filter(({ whole }) => !whole).length,
      kbPerStream: (most - before) / streams,
      firstP50Ms: quantile(firsts, 0.5),
      firstP99Ms: quantile(firsts, 0.99),
    };
  } finally {
    clearInterval(sampling);
    await pool.destroy();
  }
}

/** Reads a stream of numbered frames to its end. */
async function readNumbered(
  pool: Pool,
  subject: Subject,
  body: Buffer,
): Promise<{ whole: boolean; firstMs: number }> {
  const startedAt = performance.now();
  let firstMs = Number.NaN;
  let next = 0;
  let finished = false;
  let done = false;
  let disorder = false;
  const parser = createParser({
    onEvent: ({ data }) => {
      if (done) disorder = true;
      if (data === '[DONE]') {
        done = true;
        return;
      }
      const choice = JSON.parse(data).choices?.[0];
      if (choice?.finish_reason === 'stop') finished = true;
      const content: string = choice?.delta?.content ?? '';
      if (content === '') return;
      if (next === 0) firstMs = performance.now() - startedAt;
      if (finished || Number.parseInt(content, 10) !== next) disorder = true;
      next += 1;
    },
  });
  try {
    const headers = { 'content-type': 'application/json', ...subject.headers };
    const answer = await pool.request({ path: '/v1/chat/completions', method: 'POST', headers, body });
    for await (const chunk of answer.body) parser.feed(String(chunk));
  } catch {
    return { whole: false, firstMs };
  }
  return { whole: finished && done && !disorder && next === framesPerStream, firstMs };
}
