import { randomUUID } from 'node:crypto';
import { until } from '../until.ts';
import type { Admin } from './admin.ts';

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

/**
 * Puts a question to a pipe and gives its whole answer. Throws what the server said when it has none. A worker forgets a new pipe
 * when somebody's list of models, begun before the pipe was there, is finished after (bugs/open-webui-pipe-unknown): then
 * it is asked for the list, as the page does before each chat, and the question is put again.
 */
export async function ask(admin: Admin, pipe: string, text: string): Promise<string> {
  const put = () =>
    admin.post<Completion>('/api/chat/completions', {
      model: pipe,
      messages: [{ role: 'user', content: text }],
      stream: false,
    });
  let { status, data } = await put();
  const isForgotten = /Model not found|^\{"detail":"'[^']*'"\}$/.test(JSON.stringify(data));
  if (status === 400 && isForgotten && (await listedModels(admin)).includes(pipe))
    ({ status, data } = await put());
  const answer = data.choices?.[0]?.message.content;
  if (status !== 200 || answer === undefined) throw new Error(`${pipe}: ${status} ${JSON.stringify(data)}`);
  return answer;
}

/** The same for a pipe's commands, which are answered with JSON. */
export async function askForJson<T>(admin: Admin, pipe: string, text: string): Promise<T> {
  return JSON.parse(await ask(admin, pipe, text)) as T;
}

export async function listedModels(admin: Admin): Promise<readonly string[]> {
  const { data } = await admin.get<{ data: { id: string }[] }>('/api/models');
  return data.data.map(({ id }) => id);
}

/** A chat whose answers are written in the background and kept, as the page of Open WebUI has them written. */
export interface KeptChat {
  readonly id: string;
  /** Puts a question. */
  ask(asker: Admin, question: BackgroundQuestion): Promise<KeptAnswer>;
  remove(): Promise<void>;
}

export interface BackgroundQuestion {
  readonly model: string;
  readonly text: string;
  readonly toolIds?: readonly string[];
}

export interface KeptAnswer {
  /**
   * The answer as the chat has it, when it is done and matches. Throws the answer's error.
   *
   * @param wanted what is written into it after it is done, such as by an outlet
   */
  kept(reader: Admin, wanted?: RegExp): Promise<string>;
}

interface KeptMessage {
  readonly content: string;
  readonly done?: boolean;
  readonly error?: unknown;
}

interface ChatRecord {
  readonly chat: {
    readonly history: { readonly messages: Readonly<Record<string, KeptMessage | undefined>> };
  };
}

export async function newChat(admin: Admin): Promise<KeptChat> {
  const chat = { title: 'of a suite', models: [], history: { currentId: null, messages: {} } };
  const { id } = (await admin.post<{ id: string }>('/api/v1/chats/new', { chat })).data;
  const messageOf = async (reader: Admin, answer: string) =>
    (await reader.get<ChatRecord>(`/api/v1/chats/${id}`)).data.chat.history.messages[answer];
  return {
    id,
    ask: async (asker, { model, text, toolIds = [] }) => {
      const answer = randomUUID();
      const { status, data } = await asker.post('/api/chat/completions', {
        ...{ model, stream: true, messages: [{ role: 'user', content: text }], tool_ids: toolIds },
        ...{ chat_id: id, session_id: `session-${answer}`, id: answer },
      });
      if (status !== 200) throw new Error(`${model}: ${status} ${JSON.stringify(data)}`);
      return {
        kept: (reader, wanted = /^/) =>
          until('the answer in the chat', async () => {
            const message = await messageOf(reader, answer);
            if (message?.error) throw new Error(`${model}: ${JSON.stringify(message.error)}`);
            return message?.done && wanted.test(message.content) ? message.content : undefined;
          }),
      };
    },
    remove: async () => void (await admin.delete(`/api/v1/chats/${id}`)),
  };
}
