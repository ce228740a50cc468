import { createHash } from 'node:crypto';
import type { Model } from './models.ts';

const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Makes sure that an Ollama has the models and can load the first one; what is there already is left alone.
 * Rejects with the answer's text when Ollama refuses. API: Ollama's docs/api.md, "Create a Model", "Push a Blob".
 */
export async function ensureModels(ollamaUrl: string, models: readonly Model[]): Promise<void> {
  const held = await demand('list', request(`${ollamaUrl}/api/tags`, {}));
  const names = new Set((JSON.parse(held) as { models: { name: string }[] }).models.map(({ name }) => name));
  const missing = models.filter(({ name }) => !names.has(`${name}:latest`));
  await Promise.all(missing.map((model) => createModel(ollamaUrl, model)));
  // An empty prompt only loads the model. One that is there has been loaded, and may have been unloaded for a reason.
  const [first] = missing;
  if (!first) return;
  const load = { model: first.name, prompt: '', stream: false };
  await demand('load', post(`${ollamaUrl}/api/generate`, load));
}

async function createModel(ollamaUrl: string, { name, file, ...rest }: Model): Promise<void> {
  const digest = `sha256:${createHash('sha256').update(file).digest('hex')}`;
  const blob = `${ollamaUrl}/api/blobs/${digest}`;
  const held = await request(blob, { method: 'HEAD' });
  if (!held.ok) await demand('upload', request(blob, { method: 'POST', body: new Uint8Array(file) }));
  const creation = { model: name, files: { [`${name}.gguf`]: digest }, ...rest, stream: false };
  await demand('create', post(`${ollamaUrl}/api/create`, creation));
}

async function demand(what: string, answering: Promise<Response>): Promise<string> {
  const answer = await answering;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: Ollama answered ${answer.status}: ${text.slice(0, 300)}`);
  return text;
}

function post(url: string, body: object): Promise<Response> {
  return request(url, { method: 'POST', body: JSON.stringify(body) });
}

function request(url: string, init: RequestInit): Promise<Response> {
  return fetch(url, { ...init, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) });
}
