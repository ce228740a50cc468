import type { FastifyInstance, FastifyReply } from 'fastify';
import { ChatLog, type ChatMessage } from './chat-log.ts';
import { Limits } from './limits.ts';
import { peopleRoutes } from './people.ts';

/** The token that the double takes, and the bot that has it. */
const token = '4242:double-telegram-token';
const bot = { id: 4242, is_bot: true, first_name: 'Gauntlet', username: 'gauntlet_bot' };
const textLimit = 4_096;
/** Seconds since the epoch of every message: nobody reads them. */
const date = 1_735_689_600;

type Call = Readonly<Record<string, unknown>>;
type Answer = { readonly result: unknown } | { readonly code: number; readonly description: string };

const refuse = (code: number, description: string): Answer => ({ code, description });

/** The Bot API of Telegram as far as bots of text and speech use it: https://core.telegram.org/bots/api */
export function telegramRoutes(server: FastifyInstance): void {
  const log = new ChatLog();
  const limits = new Limits();
  peopleRoutes(server, '/telegram', log, limits);
  const send = (reply: FastifyReply, answer: Answer) =>
    'result' in answer
      ? reply.send({ ok: true, result: answer.result })
      : reply.code(answer.code).send({ ok: false, error_code: answer.code, description: answer.description });

  server.all<{ Params: { readonly bot: string; readonly method: string } }>(
    '/telegram/:bot/:method',
    async ({ params, body, query }, reply) => {
      if (params.bot !== `bot${token}`) return send(reply, refuse(401, 'Unauthorized'));
      const call = { ...(query as Call), ...((body ?? {}) as Call) };
      const retryAfter = limits.check(params.method, String(call.chat_id ?? ''));
      if (retryAfter !== undefined) {
        const description = `Too Many Requests: retry after ${retryAfter}`;
        const parameters = { retry_after: retryAfter };
        return reply.code(429).send({ ok: false, error_code: 429, description, parameters });
      }
      return send(reply, await answerTo(params.method, call, log));
    },
  );
  server.get<{ Params: { readonly bot: string; readonly id: string } }>(
    '/telegram/file/:bot/:id',
    async ({ params }, reply) => {
      const audio = params.bot === `bot${token}` ? log.recording(params.id) : undefined;
      return audio ? reply.type('audio/ogg').send(audio) : send(reply, refuse(404, 'Not Found'));
    },
  );
}

async function answerTo(method: string, call: Call, log: ChatLog): Promise<Answer> {
  const chat = String(call.chat_id ?? '');
  const text = typeof call.text === 'string' ? call.text : '';
  switch (method) {
    case 'getMe':
      return { result: bot };
    case 'sendChatAction':
      return { result: true };
    case 'getUpdates':
      return { result: await updates(call, log) };
    case 'getFile':
      if (log.recording(String(call.file_id)) === undefined)
        return refuse(400, 'Bad Request: invalid file_id');
      return { result: { file_id: call.file_id, file_unique_id: call.file_id, file_path: call.file_id } };
    case 'sendMessage': {
      const bad = badText(text);
      if (bad) return bad;
      const replyTo = (call.reply_parameters as { message_id?: number } | undefined)?.message_id;
      if (replyTo !== undefined && !log.find(chat, replyTo))
        return refuse(400, 'Bad Request: message to be replied not found');
      const thread = call.message_thread_id === undefined ? {} : { thread: String(call.message_thread_id) };
      const reply = replyTo === undefined ? {} : { replyTo };
      return { result: shown(log.add({ chat, from: 'bot', text, ...thread, ...reply })) };
    }
    case 'editMessageText': {
      const message = log.find(chat, Number(call.message_id));
      if (!message) return refuse(400, 'Bad Request: message to edit not found');
      if (message.from !== 'bot') return refuse(400, "Bad Request: message can't be edited");
      if (message.text === text) return refuse(400, 'Bad Request: message is not modified');
      const bad = badText(text);
      if (bad) return bad;
      log.edit(message, text);
      return { result: shown(message) };
    }
    case 'deleteMessage': {
      const message = log.find(chat, Number(call.message_id));
      if (!message) return refuse(400, 'Bad Request: message to delete not found');
      message.isDeleted = true;
      return { result: true };
    }
    default:
      return refuse(404, 'Not Found');
  }
}

function badText(text: string): Answer | undefined {
  if (text.trim() === '') return refuse(400, 'Bad Request: message text is empty');
  return text.length > textLimit ? refuse(400, 'Bad Request: message is too long') : undefined;
}

/** Messages of people behind the offset, waited for as long as the bot wants. */
async function updates({ offset, timeout }: Call, log: ChatLog): Promise<readonly object[]> {
  const from = Number(offset ?? 0);
  const fresh = () => log.after(Math.max(0, from - 1)).filter((message) => message.from === 'person');
  const deadline = performance.now() + Math.min(50, Number(timeout ?? 0)) * 1_000;
  while (fresh().length === 0 && performance.now() < deadline) await log.news(deadline - performance.now());
  return fresh().map((message) => ({ update_id: message.id, message: shown(message) }));
}

function shown({ id, chat, from, text, thread, replyTo, voice }: ChatMessage): object {
  return {
    message_id: id,
    date,
    chat: { id: Number(chat), type: 'supergroup', title: 'Gauntlet' },
    from: from === 'bot' ? bot : { id: 7, is_bot: false, first_name: 'Ann' },
    ...(text ? { [voice ? 'caption' : 'text']: text } : {}),
    ...(thread === undefined ? {} : { message_thread_id: Number(thread), is_topic_message: true }),
    ...(replyTo === undefined ? {} : { reply_to_message: { message_id: replyTo } }),
    ...(voice ? { voice: { file_id: voice, file_unique_id: voice, duration: 1 } } : {}),
  };
}
