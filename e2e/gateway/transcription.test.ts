import { beforeEach, expect, test } from '@jest/globals';
import axios, { type AxiosResponse } from 'axios';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { skip } from '../../harness/suite/skip.ts';
import { service } from '../../harness/suite/stack.ts';
import { recordingOf } from '../../harness/suite/wav.ts';

beforeEach(() => needs('transcription'));

const url = () => `${service('gateway').url}/api/transcribe`;
const options = { timeout: 30_000, validateStatus: () => true };
const health = () => axios.get(`${url()}/health`, { ...options, timeout: 10_000 });
const transcribe = (body: object) => axios.post(url(), body, options);

/** Skips the running test where the gateway has no speech service. */
async function needsSpeech(): Promise<void> {
  if ((await health()).data.available) return;
  skip('the gateway has no speech service: set WHISPER_ENDPOINT and CHUTES_API_KEY', 'missing_env');
}

/** What the gateway makes of a recording of this text, if its speech service is the scripted one. */
async function hear(comment: string): Promise<AxiosResponse> {
  await needsSpeech();
  if (service('gateway').remote || process.env.WHISPER_ENDPOINT)
    skip('the speech service is not the scripted one of this stack');
  return await transcribe({ audio_b64: recordingOf(comment).toString('base64') });
}

// covers 101/TestTranscriptionProxy.test_transcription_health
test('says whether speech can be transcribed', async () => {
  const { status, data } = await health();
  expect([200, 503, 404]).toContain(status);
  convention('gateway', 'the state of transcription is `available` and `api_key_configured`', () => {
    expect(data).toMatchObject({ available: expect.any(Boolean), api_key_configured: expect.any(Boolean) });
  });
});

test('the state of transcription shows no credentials', async () => {
  const { data } = await health();
  expect(data.endpoint ?? '').not.toMatch(/[@?]/);
  expect(JSON.stringify(data)).not.toMatch(/Bearer|sk-/);
  // As compose.yaml has it.
  expect(JSON.stringify(data)).not.toContain(process.env.CHUTES_API_KEY || 'scripted');
});

// covers 101/TestTranscriptionProxy.test_transcription_request
test('a recording comes back as text', async () => {
  await needsSpeech();
  const { status, data } = await transcribe({
    audio_b64: recordingOf('Good morning.').toString('base64'),
    language: 'en',
  });
  expect(status).toBe(200);
  expect(data).toEqual({
    text: expect.any(String),
    language: expect.anything(),
    duration: expect.any(Number),
  });
});

test('the speech service gets the very recording, and its segments come back as one text', async () => {
  const { status, data } = await hear('The kettle is on. Tea at five.');
  expect(status).toBe(200);
  expect(data.text).toBe('The kettle is on. Tea at five.');
  expect(data.duration).toBeCloseTo(1);
});

test('a request without a recording is refused with 400', async () => {
  await needsSpeech();
  const { status, data } = await transcribe({ language: 'en' });
  expect(status).toBe(400);
  expect(data.detail).toMatchObject({ code: 'MISSING_AUDIO', recoverable: true });
});

test('a busy speech service is answered with 429 and the advice to try again', async () => {
  const { status, data } = await hear('[[status=429]]');
  expect(status).toBe(429);
  expect(data.detail).toMatchObject({ code: 'RATE_LIMITED', recoverable: true });
});

test('a key that the speech service refuses is a fault of the gateway, not of the client', async () => {
  const { status, data } = await hear('[[status=401]]');
  expect(status).toBe(503);
  expect(data.detail).toMatchObject({ code: 'INVALID_API_KEY', recoverable: false });
});
