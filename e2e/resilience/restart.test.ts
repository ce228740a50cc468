/** @alone */
import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { cliModel, complete, says } from '../../harness/suite/chat.ts';
import { getStream } from '../../harness/suite/event-stream.ts';
import { extract, memoriesOf, newUser, remember } from '../../harness/suite/memory.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { restartService } from '../../harness/suite/restart.ts';
import { service } from '../../harness/suite/stack.ts';

// covers 000/non-in-memory-deployment
// covers 000/persistence-across-processes
test('memories survive a restart of the memory service, and so does what has been extracted', async () => {
  const user = newUser();
  const memory = await remember(user, 'My favorite color is indigo.');
  await restartService('memory');
  expect(await memoriesOf(user)).toEqual([memory]);
  const again = await extract(user, 'My favorite color is indigo.');
  expect(again.data).toEqual({ memories_saved: [], total_user_memories: 1 });
}, 150_000);

// covers 000/non-in-memory-deployment
test('what happened to a debugged request can be read after a restart of the gateway', async () => {
  await needs('debug');
  const id = `req-${randomUUID()}`;
  const url = `${service('gateway').url}/v1/debug/stream/${id}`;
  const headers = { 'X-Request-Id': id };
  await complete('gateway', { model: cliModel, messages: says('Hi'), debug: true }, { headers });
  const before = await getStream(url);
  await restartService('gateway');
  const after = await getStream(url);
  expect(before.data.length).toBeGreaterThan(0);
  expect(after.data).toEqual(before.data);
}, 150_000);
