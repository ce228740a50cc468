import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { requestWithinMs } from '../../../harness/smoke/failures/smoked.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { needs } from '../../../harness/suite/offered/needs.ts';
import { skip } from '../../../harness/suite/skip.ts';
import { service } from '../../../harness/suite/stack.ts';
import { recordingOf } from '../../../harness/suite/wav.ts';

const url = () => `${service('gateway').url}/api/transcribe`;

beforeEach(async () => {
  needsTarget('voice');
  await needs('transcription');
  const { data } = await axios.get(`${url()}/health`, { timeout: 10_000, validateStatus: () => true });
  if (!data.available) skip('the gateway has no speech service: set WHISPER_ENDPOINT', 'missing_env');
});

// covers 003/target-voice
test('a recording that was made for this becomes the text that it holds', async () => {
  const body = { audio_b64: recordingOf('Meet me at the harbour.').toString('base64'), language: 'en' };
  const { status, data } = await axios.post(url(), body, {
    timeout: requestWithinMs(),
    validateStatus: () => true,
  });
  expect(status).toBe(200);
  // A real speech service hears the silence that it is.
  if (process.env.WHISPER_ENDPOINT) expect(typeof data.text).toBe('string');
  else expect(data.text).toBe('Meet me at the harbour.');
});
