import { service } from '../suite/stack.ts';
import { until } from '../suite/until.ts';

export type BotPlatform = 'telegram' | 'discord';

/** A message as the people of a chat see it. */
export interface SeenChatMessage {
  readonly id: number;
  readonly from: 'person' | 'bot';
  readonly thread?: string;
  readonly text: string;
  /** Every text that it has had, the latest one last. */
  readonly texts: readonly string[];
  readonly replyTo?: number;
  readonly isDeleted: boolean;
}

/** The people of one chat at the stack's double of a platform. */
export interface People {
  say(text: string, more?: { thread?: string; replyTo?: number; voice?: Buffer }): Promise<SeenChatMessage>;
  messages(): Promise<readonly SeenChatMessage[]>;
  /** The bot's answer to a message of theirs, once it has a text that is so. Fails after 20 s. */
  answerTo(message: SeenChatMessage, isSo?: (text: string) => boolean): Promise<SeenChatMessage>;
  /** Deletes a message. */
  remove(message: SeenChatMessage): Promise<void>;
  /** Has the next calls of a method of the bot in this chat refused as too many. */
  limit(method: string, times: number, retryAfterSeconds: number): Promise<void>;
}

const answerWithinMs = 20_000;
const placeholder = '…';

export function people(platform: BotPlatform, chat: string): People {
  const base = `${service('doubles').url}/${platform}/people`;
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${path} was answered with ${answer.status}`);
    return answer.json();
  };
  const messages = async () => {
    const answer = await fetch(`${base}/messages?chat=${chat}`, { signal: AbortSignal.timeout(10_000) });
    return (await answer.json()) as readonly SeenChatMessage[];
  };
  return {
    messages,
    say: async (text, { voice, ...more } = {}) =>
      (await post('/say', {
        ...{ chat, text, ...more },
        ...(voice ? { voiceBase64: voice.toString('base64') } : {}),
      })) as SeenChatMessage,
    answerTo: ({ id }, isSo = (text) => text !== placeholder) =>
      until(
        `an answer to message ${id} of ${platform}`,
        async () =>
          (await messages()).find(
            ({ from, replyTo, text }) => from === 'bot' && replyTo === id && isSo(text),
          ),
        answerWithinMs,
      ),
    remove: async ({ id }) => {
      await post('/remove', { chat, id });
    },
    limit: async (method, times, retryAfterSeconds) => {
      await post('/limit', { chat, method, times, retryAfterSeconds });
    },
  };
}

let chats = 0;

/** A chat of Telegram that no other test has. */
export const newTelegramChat = (): string => `-100${process.pid}${Date.now() % 10_000}${++chats}`;
