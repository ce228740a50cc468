import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { BodyTooLargeError, readBody } from './bounded-body.ts';

test('a body of either kind is read whole, up to its last byte', async () => {
  expect((await readBody(Readable.from([Buffer.from('ab'), Buffer.from('c')]), 3)).toString()).toBe('abc');
  expect((await readBody(new Blob(['abc']).stream(), 3)).toString()).toBe('abc');
});

test('one byte more is too much, and the rest is not waited for', async () => {
  const endless = Readable.from(
    (function* () {
      for (;;) yield Buffer.alloc(2);
    })(),
  );
  await expect(readBody(endless, 3)).rejects.toThrow(BodyTooLargeError);
  expect(endless.destroyed).toBe(true);
});
