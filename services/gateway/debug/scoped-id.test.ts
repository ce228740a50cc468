import { expect, test } from '@jest/globals';
import { scopedId } from './scoped-id.ts';

test('one id of two tenants is two, and always the same two', () => {
  expect(scopedId('a', 'req-1')).not.toBe(scopedId('b', 'req-1'));
  expect(scopedId('a', 'req-1')).toBe(scopedId('a', 'req-1'));
});

test('without a key an id is kept as it is, unless it is made to look like that of a tenant', () => {
  expect(scopedId('anonymous', 'req-1')).toBe('req-1');
  const stolen = scopedId('a', 'req-1');
  expect(scopedId('anonymous', stolen)).not.toBe(stolen);
});

test('an id can be sent in a header, however long the request id is', () => {
  expect(scopedId('a', 'x'.repeat(128))).toMatch(/^[\w.:@/+=-]{1,128}$/);
});
