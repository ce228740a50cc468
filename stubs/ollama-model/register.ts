import { createHash } from 'node:crypto';

const REQUEST_TIMEOUT_MS = 30_000;

export type Registration = { readonly ollamaUrl: string; readonly model: string; readonly file: Buffer };

/**
 * Makes sure that Ollama has the model and can load it; what is there already is left alone.
 * Rejects with the answer's text when Ollama refuses. API: Ollama's docs/api.md, "Create a Model", "Push a Blob".
 */
export async function ensureModel(registration: Registration): Promise<void> {
  const { ollamaUrl, model } = registration;
  if (!(await post(`${ollamaUrl}/api/show`, { model })).ok) await createModel(registration);
  // An empty prompt only loads the model.
  await demand('load', post(`${ollamaUrl}/api/generate`, { model, prompt: '', stream: false }));
}

async function createModel({ ollamaUrl, model, file }: Registration): Promise<void> {
  const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;
  const blob = `${ollamaUrl}/api/blobs/${digest}`;
  const held = await request(blob, { method: 'HEAD' });
  if (!held.ok) await demand('upload', request(blob, { method: 'POST', body: new Uint8Array(file) }));
  const creation = {
    model,
    files: { [`${model}.gguf`]: digest },
    template: '{{ .Prompt }}',
    parameters: { temperature: 0 },
    stream: false,
  };
  await demand('create', post(`${ollamaUrl}/api/create`, creation));
}

async function demand(what: string, answering: Promise<Response>): Promise<void> {
  const answer = await answering;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: Ollama answered ${answer.status}: ${text.slice(0, 300)}`);
}

function post(url: string, body: object): Promise<Response> {
  return request(url, { method: 'POST', body: JSON.stringify(body) });
}

function request(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
}
