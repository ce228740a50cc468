import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from '../statistics.ts';
import { chatBody } from './ask.ts';
import { residentKb } from './resident-memory.ts';
import { straightGateway } from './subjects.ts';

export interface ReadersFigures {
  readonly readers: number;
  readonly answerMb: number;
  /** Above what the service held before, for each reader, half a second apart; until all have begun it grows. */
  readonly heldKb: readonly number[];
  /** Of them the medians of the third and of the last quarter. */
  readonly earlyKbPerReader: number;
  readonly lateKbPerReader: number;
  readonly lost: number;
}

const readers = 200;
const answerMb = 10;
const frameBytes = 1_024;
const readBytes = 8_192;
const readEveryMs = 400;
/** V8 keeps up to 64 MB of buffers that nobody holds any more before it looks for them: at this pace half the time. */
const samples = 80;
const sampleMs = 500;

/** {@link readers} clients that read answers of {@link answerMb} MB a little at a time: the gateway's memory stays flat or not. */
export async function measureReaders(gatewayUrl: string, runId: string): Promise<ReadersFigures> {
  const frames = (answerMb * 1_000_000) / frameBytes;
  const text = `What is 2+2? frames=${Math.ceil(frames)} bytes=${frameBytes} everyMs=0`;
  const { model, headers } = straightGateway(gatewayUrl);
  const body = chatBody(model, true, text);
  const before = residentKb(runId, 'gateway');
  const open = Array.from({ length: readers }, () => openSlowly(new URL(gatewayUrl), headers, body));
  const reading = setInterval(() => {
    for (const socket of open) socket.read(readBytes);
  }, readEveryMs);
  const held: number[] = [];
  try {
    for (let sample = 0; sample < samples; sample += 1) {
      await delay(sampleMs);
      held.push((residentKb(runId, 'gateway') - before) / readers);
    }
    const quarter = samples / 4;
    return {
      readers,
      answerMb,
      heldKb: held,
      earlyKbPerReader: median(held.slice(2 * quarter, 3 * quarter)),
      lateKbPerReader: median(held.slice(-quarter)),
      lost: open.filter(({ destroyed, bytesRead }) => destroyed || bytesRead === 0).length,
    };
  } finally {
    clearInterval(reading);
    for (const socket of open) socket.destroy();
  }
}

function openSlowly(
  { hostname, port }: URL,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Socket {
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => socket.destroy());
  // A listener for `readable` and none for `data`: only read() takes from the socket, which fills up meanwhile.
  socket.on('readable', () => undefined);
  const fields = { host: 'gateway', 'content-type': 'application/json', ...headers };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
  const head = ['POST /v1/chat/completions HTTP/1.1', ...lines];
  socket.write(`${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n`);
  socket.write(body);
  return socket;
}
