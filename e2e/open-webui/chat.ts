import type { Admin } from './admin.ts';

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
}

/** Puts a question to a pipe and gives its whole answer. Throws what the server said when it has none. */
export async function ask(admin: Admin, pipe: string, text: string): Promise<string> {
  const { status, data } = await admin.post<Completion>('/api/chat/completions', {
    model: pipe,
    messages: [{ role: 'user', content: text }],
    stream: false,
  });
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
