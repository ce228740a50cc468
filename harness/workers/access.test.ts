import { expect, test } from '@jest/globals';
import { carriesToken } from './access.ts';

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

test('the token is taken as bearer or as the password of basic, whoever the user is', () => {
  expect(carriesToken('Bearer secret', 'secret')).toBe(true);
  expect(carriesToken('bearer  secret', 'secret')).toBe(true);
  expect(carriesToken(basic('anyone:secret'), 'secret')).toBe(true);
  expect(carriesToken(basic(':se:cret'), 'se:cret')).toBe(true);
});

test.each([undefined, '', 'secret', 'Bearer', 'Bearer other', 'Digest secret', basic('secret')])(
  '%s is refused',
  (header) => {
    expect(carriesToken(header, 'secret')).toBe(false);
  },
);
