import { pino } from 'pino';
import { Journal, type JournalEntry } from './journal.ts';
import { createServer } from './server.ts';

/** A scripted provider in this process, and how tests ask it. */
export async function startProvider() {
  const pacing = { ttftMs: 0, tokensPerSecond: 0 };
  const server = createServer({ journal: new Journal(1000), pacing, log: pino({ level: 'silent' }) });
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    close: () => server.close(),
    ask: (content: string, more: object = {}, signal?: AbortSignal): Promise<Response> =>
      fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sk-very-private' },
        body: JSON.stringify({ model: 'scripted', messages: [{ role: 'user', content }], ...more }),
        ...(signal === undefined ? {} : { signal }),
      }),
    /** Waits until the journal has the event of an operation. */
    entryOf: async (op: string, event: string): Promise<JournalEntry> => {
      const answer = await fetch(`${url}/journal/wait?op=${op}&event=${event}&timeoutMs=5000`);
      if (answer.status !== 200) throw new Error(`no ${event} of ${op}: ${answer.status}`);
      return (await answer.json()) as JournalEntry;
    },
  };
}

export const framesIn = (body: string): readonly string[] =>
  body.split('\n\n').flatMap((block) => (block.startsWith('data: ') ? [block.slice(6)] : []));
