import { afterEach, describe, expect, test } from '@jest/globals';
import { askingFor, combinations } from './models.ts';
import { unsuitedTo } from './setup.ts';

// covers 002/model-lists
test('two texts and two embeddings make four combinations, texts alone two', () => {
  const texts = { kind: 'text', values: ['a', 'b'] } as const;
  const embeddings = { kind: 'embedding', values: ['x', 'y'] } as const;
  expect(combinations([texts, embeddings])).toEqual([
    { text: 'a', embedding: 'x' },
    { text: 'a', embedding: 'y' },
    { text: 'b', embedding: 'x' },
    { text: 'b', embedding: 'y' },
  ]);
  expect(combinations([texts])).toHaveLength(2);
  expect(combinations([])).toEqual([{}]);
});

// covers 002/no-model
test('a list without a model makes one combination that lacks it', () => {
  const none = { kind: 'vision', values: [] } as const;
  const texts = { kind: 'text', values: ['a', 'b'] } as const;
  expect(combinations([none])).toEqual([{ vision: undefined }]);
  expect(combinations([texts, none]).map(({ vision }) => vision)).toEqual([undefined, undefined]);
});

afterEach(() => {
  delete process.env.GAUNTLET_MODELS;
});

describe('a suite that drives the scripted provider', () => {
  const told = (isScripted: boolean) => {
    process.env.GAUNTLET_MODELS = JSON.stringify({ setup: 'groq', isScripted });
  };

  test('cannot run with another one, unless it says that any will do', () => {
    told(false);
    expect(unsuitedTo({})).toBe(
      'this suite drives the scripted provider, which the setup groq does not have',
    );
    expect(unsuitedTo({ alone: '' })).toMatch(/groq/);
    expect(unsuitedTo({ provider: 'any' })).toBeUndefined();
  });

  test('runs with it, and outside of a run', () => {
    told(true);
    expect(unsuitedTo({})).toBeUndefined();
    delete process.env.GAUNTLET_MODELS;
    expect(unsuitedTo({})).toBeUndefined();
  });
});

test('a length is asked for when the user names one that the model does not have by itself', () => {
  const told = (from: string) => {
    const models = { dimension: { value: [768], from } };
    process.env.GAUNTLET_MODELS = JSON.stringify({ setup: 'openai', models, ownDimension: 1536 });
  };
  told('--embedding-dimension');
  expect([askingFor(768), askingFor(1536)]).toEqual([{ dimensions: 768 }, {}]);
  told('setup openai');
  expect(askingFor(1024)).toEqual({});
  told('default');
  expect(askingFor(768)).toEqual({});
});
