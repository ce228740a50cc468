import { must, signedIn } from '../../harness/workloads/open-webui-session.ts';
import {
  type Client,
  completionOf,
  type PlanRun,
  type PreparedRun,
  type Workload,
} from '../../harness/workloads/workload.ts';
import { openPage, type Page } from './page.ts';

const words = 3;
const doneWithinMs = 8_000;
const pauseMs = 100;

/** A page that is open while answers are written: it must be told of each, whichever worker writes it. */
export default {
  name: 'open-webui-events',
  service: 'open-webui',
  summary: 'answers of Open WebUI, of which an open page must be told',
  shape: ({ workers }) => ({
    name: 'open-webui-events',
    service: 'open-webui',
    clients: 2,
    workers: { 'open-webui': workers['open-webui'] ?? 1 },
    operations: [
      { name: 'open', keys: ['page'] },
      { name: 'ask', keys: ['page'] },
      { name: 'seen', keys: ['page'] },
    ],
    maxSteps: 5,
  }),
  checks: () => [{ checker: 'stale-read' }],
  prepare: async (run) => prepareRun(run),
} satisfies Workload;

interface Chat {
  readonly chat: {
    readonly history: { readonly messages: Readonly<Record<string, { readonly done?: boolean }>> };
  };
}

async function prepareRun({ stack, client, nonce }: PlanRun): Promise<PreparedRun> {
  const headers = await signedIn(stack, client);
  const chat = { title: `events ${nonce}`, models: ['scripted'], history: { currentId: null, messages: {} } };
  const { id: chatId } = await must<{ id: string }>(client, {
    path: '/api/v1/chats/new',
    body: { chat },
    headers,
  });
  const messageOf = (id: string) => `answer-${nonce}-${id}`;
  let page: Page | undefined;

  /** What was acknowledged is done and kept: its events have all been sent. */
  const untilDone = async (own: Client, message: string) => {
    const deadline = performance.now() + doneWithinMs;
    while (performance.now() < deadline) {
      const { chat: kept } = (await own.request({ path: `/api/v1/chats/${chatId}`, headers })).json<Chat>();
      if (kept.history.messages[message]?.done) return true;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return false;
  };
  return {
    initial: () => ({ page: [] }),
    meaning: ({ name, id }) =>
      name === 'open' ? { does: 'other' } : name === 'ask' ? { does: 'add', value: id } : { does: 'list' },
    perform: async ({ name, id, mark }, own) => {
      if (name === 'open') {
        page = await openPage(own, headers.authorization?.slice('Bearer '.length) ?? '');
        return { type: 'ok' };
      }
      if (name === 'seen') {
        if (!page) return { type: 'unknown', error: 'no page is open' };
        const told = await page.messages(own);
        const prefix = messageOf('');
        return {
          type: 'ok',
          value: told.filter((each) => each.startsWith(prefix)).map((each) => each.slice(prefix.length)),
        };
      }
      const message = messageOf(id);
      const body = {
        ...{
          model: 'scripted',
          stream: true,
          messages: [{ role: 'user', content: `Hello ${mark} [[tokens=${words}]]` }],
        },
        ...{ chat_id: chatId, session_id: page?.id ?? 'none', id: message },
      };
      const answer = await own.request({ path: '/api/chat/completions', body, headers });
      if (answer.status !== 200) return completionOf(answer);
      return (await untilDone(own, message))
        ? { type: 'ok' }
        : { type: 'unknown', error: 'not done in time' };
    },
    finish: async () =>
      void (await client.request({ path: `/api/v1/chats/${chatId}`, method: 'DELETE', headers })),
  };
}
