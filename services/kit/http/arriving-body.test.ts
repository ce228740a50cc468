import { expect, test } from '@jest/globals';
import { ArrivingBody } from './arriving-body.ts';

/** A body, and what became of its sender: the pauses and hang-ups in their order. */
function arriving() {
  const told: string[] = [];
  const pace = { pause: () => told.push('pause'), resume: () => told.push('resume') };
  const body = new ArrivingBody(pace, (reason) => {
    told.push('hang up');
    body.end(reason);
  });
  return { body, told };
}

const piece = Buffer.alloc(10_000);
const longRest = Buffer.alloc(40_000);

test('a sender waits while more lies there than a reader can have missed, and goes on once it is taken', async () => {
  const { body, told } = arriving();
  body.push(piece);
  expect(told).toEqual([]);
  body.push(piece);
  expect(told).toEqual(['pause']);
  await body.next();
  expect(told).toEqual(['pause']);
  await body.next();
  expect(told).toEqual(['pause', 'resume']);
});

test('leaving the pieces early hangs nothing up, and the rest can still be read', async () => {
  const { body, told } = arriving();
  for (const text of ['a', 'b']) body.push(Buffer.from(text));
  for await (const _ of body) break;
  body.end();
  expect((await body.bytes(10)).toString()).toBe('b');
  expect(told).toEqual([]);
});

test('a body that is let end drops a little more, and hangs up on much more', () => {
  const { body, told } = arriving();
  body.letEnd();
  body.push(longRest);
  expect(told).toEqual([]);
  body.push(longRest);
  expect(told).toEqual(['hang up']);
});

test('a sender that waits goes on when its body is let end', () => {
  const { body, told } = arriving();
  body.push(piece);
  body.push(piece);
  body.letEnd();
  body.end();
  expect(told).toEqual(['pause', 'resume']);
});

test('a destroyed body gives nothing more but the reason', async () => {
  const { body, told } = arriving();
  body.push(piece);
  body.destroy(new Error('too late'));
  await expect(body.next()).rejects.toThrow('too late');
  expect(told).toEqual(['hang up']);
});

test('a body has begun with its first piece', async () => {
  const { body } = arriving();
  const begun = body.begun();
  body.push(piece);
  await begun;
  expect(await body.next()).toEqual({ value: piece, done: false });
});

test('a body that breaks before its first piece never begins', async () => {
  const { body } = arriving();
  const begun = body.begun();
  body.end(new Error('broken'));
  await expect(begun).rejects.toThrow('broken');
});
