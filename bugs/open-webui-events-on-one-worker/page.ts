import type { Client } from '../../harness/workloads/workload.ts';

const path = '/ws/socket.io/?EIO=4&transport=polling';
/** Separates packets of one answer. Source: Engine.IO protocol 4, "Packet encoding". */
const separator = '\u001e';
/** When nothing more comes for so long, everything that was sent before has been read. */
const quietMs = 1_000;

/** The connection of an open page, by long polling: each of its requests must reach the worker that has it. */
export interface Page {
  readonly id: string;
  /** Ids of the messages that it was told of so far. */
  messages(client: Client): Promise<readonly string[]>;
}

/** Opens one and signs it in. Throws where the server refuses it. */
export async function openPage(client: Client, token: string): Promise<Page> {
  const opened = packetsIn((await client.request({ path })).text)[0] ?? '';
  if (!opened.startsWith('0')) throw new Error(`no handshake: ${opened.slice(0, 100)}`);
  const { sid } = JSON.parse(opened.slice(1)) as { sid: string };
  const own = `${path}&sid=${sid}`;
  await client.request({ path: own, text: `40${JSON.stringify({ token })}` });
  const joined = packetsIn((await client.request({ path: own })).text).find((packet) =>
    packet.startsWith('40'),
  );
  if (!joined) throw new Error('the page was not let in');
  const seen = new Set<string>();
  return {
    id: (JSON.parse(joined.slice(2)) as { sid: string }).sid,
    messages: async (reader) => {
      for (;;) {
        const quiet = AbortSignal.timeout(quietMs);
        const { text } = await reader.stream({ path: own, enough: quiet });
        for (const packet of packetsIn(text)) {
          const id = messageIn(packet);
          if (id) seen.add(id);
          if (packet === '2') await reader.request({ path: own, text: '3' });
        }
        if (quiet.aborted) return [...seen];
      }
    },
  };
}

const packetsIn = (text: string) => text.split(separator).filter(Boolean);

function messageIn(packet: string): string | undefined {
  if (!packet.startsWith('42')) return undefined;
  const [name, event] = JSON.parse(packet.slice(2)) as [string, { message_id?: string }?];
  return name === 'events' ? event?.message_id : undefined;
}
