import { type Answer, type Client, type ClientRequest, demand, type WorkloadStack } from './workload.ts';

const email = 'admin@gauntlet.test';

/** Open WebUI takes 15 sign-ins in 3 minutes: one for all plans on a stack. */
const tokens = new Map<string, Promise<string>>();

/** Headers of the administrator. */
export async function signedIn(stack: WorkloadStack, client: Client): Promise<Record<string, string>> {
  const url = stack.url('open-webui');
  const token = tokens.get(url) ?? signIn(stack, client);
  tokens.set(url, token);
  token.catch(() => tokens.delete(url));
  return { authorization: `Bearer ${await token}` };
}

async function signIn(stack: WorkloadStack, client: Client): Promise<string> {
  const body = { email, password: stack.setting('WEBUI_ADMIN_PASSWORD') };
  const answer = await demand(client, { path: '/api/v1/auths/signin', body });
  return answer.json<{ token: string }>().token;
}

/** Asks for JSON that must be there. */
export const must = async <T>(client: Client, request: ClientRequest): Promise<T> =>
  (await demand(client, request)).json<T>();

/** Imports a function and switches it on, which a second switch would undo. */
export async function addPipe(
  client: Client,
  headers: Record<string, string>,
  id: string,
  content: string,
): Promise<void> {
  const body = { id, name: id, content, meta: { description: 'of a plan' } };
  await must(client, { path: '/api/v1/functions/create', body, headers });
  await must(client, { path: `/api/v1/functions/id/${id}/toggle`, method: 'POST', headers });
}

/** The workers' lists of models: without Redis each keeps its own, and fills it when it is first asked. */
export const listModels = (client: Client, headers: Record<string, string>) =>
  must(client, { path: '/api/models', headers });

/** A question to a pipe, to be answered whole. */
export const question = (pipe: string, content: string, headers: Record<string, string>): ClientRequest => ({
  path: '/api/chat/completions',
  headers,
  body: { model: pipe, messages: [{ role: 'user', content }], stream: false },
});

/** The text of a whole answer. */
export function textIn(answer: Answer): string {
  const { choices } = answer.json<{ choices: readonly { message: { content: string } }[] }>();
  return choices[0]?.message.content ?? '';
}

/** Pipes are named after the run of a plan, in the letters that Open WebUI takes. */
export const pipeName = (...parts: readonly string[]): string =>
  `plan_${parts.join('_')}`.replaceAll(/[^a-z0-9_]/gi, '_').toLowerCase();
