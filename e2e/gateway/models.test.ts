import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { complete, says } from '../../harness/suite/chat.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';

beforeEach(() => needs('models'));

interface Model {
  readonly id: string;
  readonly object: string;
  readonly created: number;
  readonly owned_by: string;
}

async function listModels(): Promise<{ readonly object: string; readonly data: readonly Model[] }> {
  const response = await axios.get(`${service('gateway').url}/v1/models`, { timeout: 10_000 });
  return response.data;
}

// covers 101/TestModelsEndpoint.test_list_models
// covers 001/models-openai
test('lists models in the shape of the OpenAI API', async () => {
  const list = await listModels();
  expect(list.object).toBe('list');
  expect(list.data.length).toBeGreaterThan(0);
  expect(list.data).toEqual(
    list.data.map(() =>
      expect.objectContaining({
        id: expect.stringMatching(/./),
        object: 'model',
        created: expect.any(Number),
        owned_by: expect.any(String),
      }),
    ),
  );
});

// covers 101/TestModelsEndpoint.test_models_include_baselines
test('offers both baselines', async () => {
  const ids = (await listModels()).data.map(({ id }) => id);
  expect(ids).toEqual(expect.arrayContaining(['baseline-cli-agent', 'baseline-langchain']));
});

test('names every model once', async () => {
  const ids = (await listModels()).data.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

// covers 001/live-processes-models
test('gives the same list, whichever worker answers', async () => {
  const scope = stackScope('gateway');
  try {
    await needsSeveralWorkers(scope, 'gateway');
    const [first, second] = await Promise.all(
      [1, 2].map((worker) => scope.workerClient('gateway', worker).get('/v1/models')),
    );
    expect(first?.pid).not.toBe(second?.pid);
    expect(second?.json()).toEqual(first?.json());
    expect(first?.json()).toEqual(await listModels());
  } finally {
    scope.close();
  }
});

test('the first model of the list answers', async () => {
  const [first] = (await listModels()).data;
  const { status } = await complete('gateway', { model: first?.id ?? '', messages: says('Hi') });
  expect(status).toBe(200);
});
