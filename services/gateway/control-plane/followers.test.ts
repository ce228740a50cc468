import { expect, test } from '@jest/globals';
import { createFollowers } from './followers.ts';

const refused = expect.objectContaining({ statusCode: 429 });

test('a tenant has so many streams at a time, and another one has its own', () => {
  const followers = createFollowers(2, 10);
  const first = followers.enter('a');
  followers.enter('a');
  expect(() => followers.enter('a')).toThrow(refused);
  followers.enter('b');
  first[Symbol.dispose]();
  first[Symbol.dispose]();
  followers.enter('a');
  expect(() => followers.enter('a')).toThrow(refused);
});

test('a worker has so many streams of all tenants', () => {
  const followers = createFollowers(2, 3);
  const [place] = ['a', 'a', 'b'].map((tenant) => followers.enter(tenant));
  expect(() => followers.enter('c')).toThrow(refused);
  place?.[Symbol.dispose]();
  expect(() => followers.enter('c')).not.toThrow();
});
