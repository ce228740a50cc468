import { autoRetry } from '@grammyjs/auto-retry';
import { Api, GrammyError } from 'grammy';
import type { Update } from 'grammy/types';
import { callWithinMs, type Incoming, type Place, type Platform } from './platform.ts';
import { fetchRecording } from './recording.ts';
import type { BotSettings } from './settings.ts';

const pollSeconds = 20;
const mostUpdates = 100;

/** A bot of Telegram: long polls, and the waits that it asks for. */
export function telegram({ url, token }: BotSettings): Platform {
  const api = new Api(token, { apiRoot: url, timeoutSeconds: callWithinMs / 1_000 });
  api.config.use(autoRetry({ maxDelaySeconds: callWithinMs / 1_000, rethrowInternalServerErrors: true }));
  const inThread = ({ thread }: Place) => (thread === '' ? {} : { message_thread_id: Number(thread) });
  return {
    name: 'telegram',
    textLimit: 4_096,
    poll: async ({ updates = '0' }, signal) => {
      const asked = { offset: Number(updates), timeout: pollSeconds, limit: mostUpdates };
      const found = await api.getUpdates({ ...asked, allowed_updates: ['message'] }, signal as never);
      const last = found.at(-1);
      return {
        messages: found.flatMap(incoming),
        cursors: last ? { updates: String(last.update_id + 1) } : { updates },
      };
    },
    send: async (place, text, replyTo) => {
      const replied = replyTo === undefined ? {} : { reply_parameters: { message_id: Number(replyTo) } };
      const sent = await api.sendMessage(Number(place.chat), text, { ...inThread(place), ...replied });
      return String(sent.message_id);
    },
    edit: async ({ chat }, message, text) => {
      try {
        await api.editMessageText(Number(chat), Number(message), text);
      } catch (error) {
        const { description = '' } = error instanceof GrammyError ? error : {};
        if (description.includes('to edit not found')) return 'gone';
        if (!description.includes('not modified')) throw error;
      }
      return 'edited';
    },
    delete: async ({ chat }, message) => {
      await api.deleteMessage(Number(chat), Number(message)).catch((error: unknown) => {
        if (!(error instanceof GrammyError && error.error_code === 400)) throw error;
      });
    },
    // People begin topics themselves.
    beginThread: async () => undefined,
    recording: async (voice, signal) => {
      const { file_path: path = '' } = await api.getFile(voice);
      return fetchRecording(`${url}/file/bot${token}/${path}`, signal);
    },
  };
}

function incoming({ message }: Update): readonly Incoming[] {
  if (!message || message.from?.is_bot) return [];
  const { voice, message_thread_id: thread, is_topic_message: isTopic } = message;
  const text = message.text ?? message.caption ?? '';
  if (text === '' && !voice) return [];
  return [
    {
      chat: String(message.chat.id),
      thread: isTopic && thread !== undefined ? String(thread) : '',
      message: String(message.message_id),
      text,
      voice: voice?.file_id,
      replyTo: message.reply_to_message && String(message.reply_to_message.message_id),
    },
  ];
}
