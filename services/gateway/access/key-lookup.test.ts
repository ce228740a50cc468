import { expect, test } from '@jest/globals';
import { createKeyLookup, type LiveKey } from './key-lookup.ts';

const live: LiveKey = { id: 'key_1', tenant: 't', hasLimits: false };

/** A store whose looks end when they are told to, each with what is live at its beginning. */
function slowStore() {
  const keys = new Map([['a', live]]);
  const looks: { readonly digests: readonly string[]; readonly end: () => void }[] = [];
  const find = (digests: readonly string[]) => {
    const { promise, resolve } = Promise.withResolvers<Map<string, LiveKey>>();
    const found = new Map(keys);
    looks.push({ digests, end: () => resolve(found) });
    return promise;
  };
  return { keys, looks, find };
}
const turn = () => new Promise(setImmediate);

test('who comes while a look is under way is answered by the next one: a key revoked meanwhile is not found', async () => {
  const { keys, looks, find } = slowStore();
  const lookUp = createKeyLookup(find);
  const before = lookUp('a');
  keys.delete('a');
  const after = lookUp('a');
  looks[0]?.end();
  expect(await before).toEqual(live);
  await turn();
  looks[1]?.end();
  expect(await after).toBeUndefined();
});

test('all that come while a look is under way share one', async () => {
  const { looks, find } = slowStore();
  const lookUp = createKeyLookup(find);
  const first = lookUp('a');
  const others = ['a', 'b', 'a', 'c'].map(lookUp);
  looks[0]?.end();
  await first;
  await turn();
  looks[1]?.end();
  expect(await Promise.all(others)).toEqual([live, undefined, live, undefined]);
  expect(looks.map(({ digests }) => digests)).toEqual([['a'], ['a', 'b', 'c']]);
});

test('a look that fails fails those that waited for it, and no others', async () => {
  let fails = true;
  const lookUp = createKeyLookup(async () => {
    if (fails) throw new Error('away');
    return new Map([['a', live]]);
  });
  await expect(lookUp('a')).rejects.toThrow('away');
  fails = false;
  expect(await lookUp('a')).toEqual(live);
});

test('a look that hangs fails in time, and the next one is not held up for ever', async () => {
  let hangs = true;
  const lookUp = createKeyLookup(
    () => (hangs ? new Promise(() => undefined) : Promise.resolve(new Map([['a', live]]))),
    10,
  );
  const first = lookUp('a');
  const second = lookUp('a');
  hangs = false;
  await expect(first).rejects.toThrow('in time');
  expect(await second).toEqual(live);
});
