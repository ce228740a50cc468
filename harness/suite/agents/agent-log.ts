import { createParser } from 'eventsource-parser';
import { fetch } from 'undici';
import type { CallerOptions } from '../responses/caller.ts';
import { agentUrl, asked } from './agent-client.ts';

/** A line of the log of a run. */
export interface LogLine {
  /** Absent where the line is not part of the log. */
  readonly id?: string | undefined;
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The log of a run as a client saw it. */
export interface SeenLog {
  readonly status: number;
  readonly contentType: string;
  /** Without heartbeats. */
  readonly lines: readonly LogLine[];
  readonly heartbeats: number;
  /** The body ended by itself. */
  readonly endedCleanly: boolean;
}

/** A log that is being read. */
export interface OpenLog {
  /** Lines so far. */
  readonly lines: readonly LogLine[];
  /** The first line, of those so far or to come, that is so. Fails after 30 s, or when the log ends without it. */
  until(what: string, isSo: (line: LogLine) => boolean): Promise<LogLine>;
  /** When the output so far contains this. */
  untilOutput(text: string): Promise<LogLine>;
  /** When the first heartbeat is there. */
  untilHeartbeat(): Promise<unknown>;
  /** Hangs up. */
  leave(): void;
  /** Everything, once it has ended, however it ended. */
  readonly whole: Promise<SeenLog>;
}

export interface LogOptions extends CallerOptions {
  /** Goes as `Last-Event-ID`. */
  readonly after?: string | number;
}

const lineWithinMs = 30_000;

/** Opens the log of a run and reads it. */
export function openLog(id: string, { after, ...options }: LogOptions = {}): OpenLog {
  const lines: LogLine[] = [];
  let heartbeats = 0;
  const left = new AbortController();
  const watchers = new Set<() => void>();
  let isOver = false;
  const tell = () => {
    for (const watch of [...watchers]) watch();
  };
  const parser = createParser({
    onEvent: ({ id: lineId, data }) => {
      const line = JSON.parse(data) as LogLine;
      if (line.type === 'heartbeat') heartbeats += 1;
      else lines.push({ ...line, ...(lineId === undefined ? {} : { id: lineId }) });
      tell();
    },
  });
  const read = async (): Promise<SeenLog> => {
    const { headers, ...rest } = asked(options);
    const lastId = after === undefined ? {} : { 'last-event-id': `${after}` };
    const url = agentUrl(`/${id}/logs`, options.worker);
    const answer = await fetch(url, { ...rest, headers: { ...headers, ...lastId }, signal: left.signal });
    const decoder = new TextDecoder();
    let endedCleanly = true;
    try {
      for await (const chunk of answer.body ?? []) {
        const text = decoder.decode(chunk as Uint8Array, { stream: true });
        if (answer.status === 200) parser.feed(text);
      }
    } catch {
      endedCleanly = false;
    }
    const contentType = answer.headers.get('content-type') ?? '';
    return { status: answer.status, contentType, lines, heartbeats, endedCleanly };
  };
  const whole = read();
  const over = () => {
    isOver = true;
    tell();
  };
  whole.then(over, over);
  const seen = <T>(what: string, look: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        clearTimeout(timer);
        watchers.delete(watch);
        act();
      };
      const types = () => lines.map(({ type }) => type).join(', ') || 'nothing';
      const late = () => end(() => reject(new Error(`no ${what} within ${lineWithinMs} ms, but ${types()}`)));
      const timer = setTimeout(late, lineWithinMs);
      const watch = () => {
        const found = look();
        if (found !== undefined) end(() => resolve(found));
        else if (isOver) end(() => reject(new Error(`the log ended without ${what}: ${types()}`)));
      };
      watchers.add(watch);
      watch();
    });
  return {
    lines,
    whole,
    until: (what, isSo) => seen(what, () => lines.find(isSo)),
    untilOutput: (text) =>
      seen(`output "${text}"`, () => (outputIn(lines).includes(text) ? lines.at(-1) : undefined)),
    untilHeartbeat: () => seen('heartbeat', () => (heartbeats > 0 ? heartbeats : undefined)),
    leave: () => left.abort(),
  };
}

/** Reads the log of a run to its end. */
export const readLog = (id: string, options: LogOptions = {}): Promise<SeenLog> => openLog(id, options).whole;

/** What an attempt said, all attempts together unless one is named. */
export const outputIn = (lines: readonly LogLine[], attempt?: number): string =>
  lines
    .filter((line) => line.type === 'output' && (attempt === undefined || line.attempt === attempt))
    .map(({ text }) => String(text))
    .join('');

/** The lines that are part of the log, which have ids. */
export const logged = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.filter(({ id }) => id !== undefined);

/** Ids of these lines, which are whole numbers. */
export const idsIn = (lines: readonly LogLine[]): readonly number[] =>
  logged(lines).map(({ id }) => Number(id));
