import { expect, test } from '@jest/globals';
import { parseProxyTarget, parseWorkerName } from './proxy-target.ts';

test('a target names a service, and a worker by index or pid', () => {
  expect(parseProxyTarget('gateway')).toEqual({ service: 'gateway' });
  expect(parseProxyTarget('gateway:8000')).toEqual({ service: 'gateway' });
  expect(parseProxyTarget('gateway.w2:8000')).toEqual({ service: 'gateway', worker: { index: 2 } });
  expect(parseProxyTarget('baseline-cli.p12345')).toEqual({
    service: 'baseline-cli',
    worker: { pid: 12_345 },
  });
});

test('a service may have dots in its name, and a suffix that names no worker is part of it', () => {
  expect(parseProxyTarget('a.b.w1:80')).toEqual({ service: 'a.b', worker: { index: 1 } });
  expect(parseProxyTarget('gateway.web:80')).toEqual({ service: 'gateway.web' });
});

test.each(['', ':8000', 'user@gateway', 'gateway/path', 'gateway:port', '[::1]:80'])(
  '"%s" is no target',
  (text) => {
    expect(() => parseProxyTarget(text)).toThrow(expect.objectContaining({ code: 'GNT_SCOPE_BAD_REQUEST' }));
  },
);

test('a worker is named by index, w and index, or p and pid', () => {
  expect(parseWorkerName('2')).toEqual({ index: 2 });
  expect(parseWorkerName('w2')).toEqual({ index: 2 });
  expect(parseWorkerName('p99')).toEqual({ pid: 99 });
  expect(() => parseWorkerName('-1')).toThrow(expect.objectContaining({ code: 'GNT_SCOPE_BAD_REQUEST' }));
});
