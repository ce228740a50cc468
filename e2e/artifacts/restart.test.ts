/** @alone */
import { beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { ask } from './artifact-client.ts';

beforeEach(() => needs('artifacts'));

test('a file is there after all workers have stopped and started again', async () => {
  const [key = ''] = (process.env.GATEWAY_API_KEYS || 'some-key').split(',');
  const stored = await ask('POST', '?name=kept.txt', key, Buffer.from('still here'), 'text/plain');
  const path = `/${stored.json().id}`;
  await restartService('gateway');
  const fetched = await ask('GET', path, key);
  expect([fetched.status, fetched.bytes.toString()]).toEqual([200, 'still here']);
}, 150_000);
