import type { IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createParser } from 'eventsource-parser';
import { now } from '../../faults/now.ts';
import type { FrameSeen } from '../../history/events.ts';
import { chatFrame } from '../../workloads/chat-frame.ts';
import type { StreamRequest } from '../../workloads/workload.ts';

/** As all faults, a slow reader ends by itself: from then on it takes what comes. */
const slowForMs = 2_000;

/** A body without end is given up, as if it had broken off: what came by then says enough. */
const mostBytes = 4_000_000;

export interface FramesRead {
  readonly frames: readonly FrameSeen[];
  readonly endedCleanly: boolean;
  /** The time of the operation was over before the body was. */
  readonly timedOut?: true;
  readonly body: string;
}

interface ReadOptions {
  readonly bytesPerSecond?: number;
  readonly onFrames: (count: number) => void;
  readonly onEnd: (bytes: number, elapsedMs: number) => void;
  readonly signal: AbortSignal;
  /** Aborted when the client has hung up: it sees nothing of what had come along. */
  readonly gone: AbortSignal;
}

/**
 * Reads server-sent events to the end of the body, however it ends, or until the time of the operation is over: what has come
 * by then is kept. A slow reader takes its bytes in small bites and leaves the rest in the socket, so that the sender feels it.
 */
export async function readFrames(
  response: IncomingMessage,
  frame: NonNullable<StreamRequest['frame']> = chatFrame,
  { bytesPerSecond, onFrames, onEnd, signal, gone }: ReadOptions,
): Promise<FramesRead> {
  const frames: FrameSeen[] = [];
  let events = 0;
  let bytes = 0;
  let body = '';
  let endedCleanly = true;
  const startedAt = performance.now();
  const parser = createParser({
    onEvent: ({ data, event, id }) => {
      if (gone.aborted) return;
      events += 1;
      const seen = frame(data, event, id);
      if (seen) frames.push({ at: now(), ...seen } as FrameSeen);
      onFrames(events);
    },
  });
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response) {
      const part = chunk as Buffer;
      bytes += part.length;
      const read = decoder.decode(part, { stream: true });
      body += read;
      parser.feed(read);
      if (bytes > mostBytes) {
        endedCleanly = false;
        break;
      }
      const dueMs = bytesPerSecond === undefined ? 0 : Math.min((bytes / bytesPerSecond) * 1000, slowForMs);
      const aheadMs = dueMs - (performance.now() - startedAt);
      if (aheadMs > 0) await delay(aheadMs, undefined, { signal });
    }
  } catch {
    endedCleanly = false;
  }
  onEnd(bytes, performance.now() - startedAt);
  const timedOut = signal.aborted && !endedCleanly && !gone.aborted;
  return { frames, endedCleanly, ...(timedOut ? { timedOut } : {}), body };
}
