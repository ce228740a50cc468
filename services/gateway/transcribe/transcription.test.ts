import { expect, test } from '@jest/globals';
import { failureOfConnection, failureOfStatus, parseTranscript } from './transcription.ts';

test('segments are joined, the last end is the duration', () => {
  const answer = [
    { start: 0, end: 1.5, text: ' Hello' },
    { start: 1.5, end: 2.25, text: 'world. ' },
  ];
  expect(parseTranscript(answer, 'en')).toEqual({ text: 'Hello world.', language: 'en', duration: 2.25 });
});

test.each(['text', 'transcription'])('an object with %s is understood', (key) => {
  expect(parseTranscript({ [key]: 'Hi', language: 'de', duration: 3 }, undefined)).toEqual({
    text: 'Hi',
    language: 'de',
    duration: 3,
  });
});

test.each([[{}], [{ text: 5 }], ['Hi'], [null], [['Hi']]])('%j is no transcript', (answer) => {
  expect(parseTranscript(answer, undefined)).toBeUndefined();
});

test.each([
  [401, 503, 'INVALID_API_KEY'],
  [403, 503, 'INVALID_API_KEY'],
  [429, 429, 'RATE_LIMITED'],
  [500, 500, 'UPSTREAM_ERROR'],
  [302, 502, 'UPSTREAM_ERROR'],
])('status %i of the speech service becomes %i %s', (status, passed, code) => {
  expect(failureOfStatus(status)).toMatchObject({ status: passed, code });
});

test('a timeout and a dead service differ', () => {
  expect(failureOfConnection(true)).toMatchObject({ status: 504, code: 'TIMEOUT' });
  expect(failureOfConnection(false)).toMatchObject({ status: 502, code: 'SERVICE_UNREACHABLE' });
});
