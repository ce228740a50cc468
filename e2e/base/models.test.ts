/** @provider any */
import { beforeEach, expect } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { ask, caller } from '../../harness/suite/responses/caller.ts';
import { test } from '../../harness/suite/setup/models.ts';

beforeEach(() => needs('models'));

test.over(['text'])(
  'the list of models names each once, the one of the setup among them',
  async ({ text }) => {
    const { status, body } = await ask('GET', '/models');
    expect(status).toBe(200);
    expect(body.object).toBe('list');
    const ids = body.data.map(({ id }: { id: string }) => id);
    expect(ids).toContain(text);
    expect(new Set(ids).size).toBe(ids.length);
    for (const model of body.data) expect(model).toMatchObject({ object: 'model', id: expect.any(String) });
  },
);

test.over([])('the official client reads the list', async () => {
  const ids: string[] = [];
  for await (const { id } of caller().models.list()) ids.push(id);
  expect(ids.length).toBeGreaterThan(0);
});

test.over([])(
  'a model that nobody has is refused with an error, and not answered by another one',
  async () => {
    await needs('chat');
    const messages = [{ role: 'user', content: 'Say hello.' }];
    const { status, body } = await ask('POST', '/chat/completions', {
      model: 'gauntlet-no-such-model',
      messages,
    });
    expect([400, 404, 422]).toContain(status);
    expect(body.choices).toBeUndefined();
  },
);
