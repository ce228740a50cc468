import { setTimeout as delay } from 'node:timers/promises';
import { DiscordAPIError, REST } from '@discordjs/rest';
import { type APIChannel, type APIMessage, Routes } from 'discord-api-types/v10';
import { callWithinMs, type Incoming, type Platform } from './platform.ts';
import { fetchRecording } from './recording.ts';
import type { BridgeSettings } from './settings.ts';

const mostMessages = 50;
const unknownMessage = 10_008;

type Discord = NonNullable<BridgeSettings['discord']>;

/**
 * A bot of Discord. Channels are polled over HTTP instead of its gateway of events: whoever polls next goes on behind the
 * last message that was stored, so that none is lost with a worker. A thread is a channel of its own.
 */
export function discord({ url, token, channels }: Discord, pollMs: number): Platform {
  const rest = new REST({ api: url, version: '10', timeout: callWithinMs, retries: 1 }).setToken(token);
  const isUnknown = (error: unknown) => error instanceof DiscordAPIError && error.code === unknownMessage;
  return {
    name: 'discord',
    textLimit: 2_000,
    poll: async (cursors, signal) => {
      const read: Record<string, string> = { ...cursors };
      const messages: Incoming[] = [];
      for (const channel of new Set([...channels, ...Object.keys(cursors)])) {
        const query = new URLSearchParams({ after: read[channel] ?? '0', limit: String(mostMessages) });
        const found = (await rest.get(Routes.channelMessages(channel), { query, signal })) as APIMessage[];
        const oldestFirst = found.toSorted((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
        messages.push(...oldestFirst.flatMap(incoming));
        const last = oldestFirst.at(-1);
        if (last) read[channel] = last.id;
      }
      if (messages.length === 0) await delay(pollMs, undefined, { signal });
      return { messages, cursors: read };
    },
    send: async ({ chat }, text, replyTo) => {
      const reference = replyTo === undefined ? {} : { message_reference: { message_id: replyTo } };
      const body = { content: text, ...reference, allowed_mentions: { parse: [] } };
      return ((await rest.post(Routes.channelMessages(chat), { body })) as APIMessage).id;
    },
    edit: async ({ chat }, message, text) => {
      try {
        await rest.patch(Routes.channelMessage(chat, message), { body: { content: text } });
        return 'edited';
      } catch (error) {
        if (isUnknown(error)) return 'gone';
        throw error;
      }
    },
    delete: async ({ chat }, message) => {
      await rest.delete(Routes.channelMessage(chat, message)).catch((error: unknown) => {
        if (!isUnknown(error)) throw error;
      });
    },
    beginThread: async ({ chat }, message, name) => {
      const begun = await rest.post(Routes.threads(chat, message), { body: { name: name.slice(0, 100) } });
      return (begun as APIChannel).id;
    },
    recording: (voice, signal) => fetchRecording(voice, signal),
  };
}

function incoming({
  id,
  channel_id: chat,
  author,
  content,
  attachments,
  message_reference: reply,
}: APIMessage): readonly Incoming[] {
  const voice = attachments.find(({ content_type: type }) => type?.startsWith('audio/'))?.url;
  if (author.bot || (content === '' && voice === undefined)) return [];
  return [{ chat, thread: '', message: id, text: content, voice, replyTo: reply?.message_id }];
}
