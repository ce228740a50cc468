/** @provider any */
import { beforeAll, expect, test } from '@jest/globals';
import { service } from '../../harness/suite/stack.ts';
import { allLines, type Line, ollamaUrl, whole } from './ollama-tiny.ts';

let url: string;
/** Pulls from the registry of the stack; each model of it has a manner, see stubs/ollama-model/registry.ts. */
let pull: (name: string, insecure?: boolean) => Promise<readonly Line[]>;
let nameOf: (name: string) => string;

beforeAll(async () => {
  url = ollamaUrl();
  const health = await fetch(`${service('ollama-model').url}/health`);
  const { registry } = (await health.json()) as { registry: string };
  nameOf = (name) => `${registry}/lib/${name}:latest`;
  pull = (name, insecure = true) =>
    allLines(`${url}/api/pull`, { model: `http://${nameOf(name)}`, insecure });
});

// covers 000/live-ollama
test('a model comes from a registry of our own, also over connections that break, and answers', async () => {
  const names = ['whole', 'cut'];
  const pulled = await Promise.all(names.map((name) => pull(name)));
  for (const said of pulled) {
    expect(said.map(({ error }) => error)).not.toContainEqual(expect.anything());
    expect([said[0]?.status, said.at(-1)?.status]).toEqual(['pulling manifest', 'success']);
  }
  const ask = (name: string) => {
    const options = { temperature: 0, num_thread: 1 };
    return whole(`${url}/api/generate`, { model: nameOf(name), prompt: 'Hi', options, keep_alive: 0 });
  };
  const answers = await Promise.all(names.map(ask));
  expect(answers.map(({ response }) => response?.trim())).toEqual([
    'I came from lib/whole .',
    'I came from lib/cut .',
  ]);
});

// covers 000/live-ollama
test('what cannot be pulled is an error in the stream, and no model afterwards', async () => {
  const [torn = [], locked = [], missing = [], direct = [], secure = []] = await Promise.all([
    pull('torn'),
    pull('locked'),
    pull('missing'),
    pull('direct'),
    pull('whole', false),
  ]);
  const refusals = [torn, locked, missing, direct, secure].map((said) => said.at(-1)?.error);
  expect(refusals).toEqual([
    expect.stringMatching(/^digest mismatch/),
    expect.stringMatching(/401/),
    'pull model manifest: file does not exist',
    // It asks the last answer of a redirect where it was; a registry that has its blobs itself has none.
    'http: no Location header in response',
    expect.stringMatching(/HTTP response to HTTPS client/),
  ]);
  expect([torn, locked, missing, direct].map(([first]) => first?.status)).toEqual(
    Array.from({ length: 4 }, () => 'pulling manifest'),
  );
  const tags = (await (await fetch(`${url}/api/tags`)).json()) as { models: { name: string }[] };
  const names = tags.models.map(({ name }) => name);
  for (const name of ['torn', 'locked', 'missing', 'direct']) expect(names).not.toContain(nameOf(name));
});
