import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import axios from 'axios';
import { complete, ownModel, says } from '../../harness/suite/chat.ts';
import { getStream } from '../../harness/suite/event-stream.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { service } from '../../harness/suite/stack.ts';

const streamOf = (id: string) => `${service('baseline-cli').url}/v1/debug/stream/${id}`;

async function typesOf(id: string): Promise<readonly string[]> {
  const { data } = await getStream(streamOf(id));
  return data.map((event) => (JSON.parse(event) as { type: string }).type);
}

// covers 101/TestBaselineCLIDebug.test_debug_endpoint_exists
test('the debug stream of an unknown request ends within 10 s and says so', async () => {
  const { status } = await axios.get(streamOf('test-123'), { timeout: 10_000, validateStatus: () => true });
  expect([200, 404, 408]).toContain(status);
});

test('a request with debug tells how it was routed, in order', async () => {
  const id = `dbg-${randomUUID()}`;
  const { status, headers } = await complete(
    'baseline-cli',
    { model: ownModel, messages: says('Hello!'), debug: true },
    { headers: { 'X-Debug-Request-Id': id } },
  );
  expect(status).toBe(200);
  const types = await typesOf(id);
  expect(types.length).toBeGreaterThan(0);
  convention('baseline-cli', 'the answer to a debugged request names it in X-Debug-Request-Id', () =>
    expect(headers['x-debug-request-id']).toBe(id),
  );
  convention('baseline-cli', 'a debugged request tells how it was routed', () => {
    expect(types).toEqual([
      'request_received',
      'complexity_check_start',
      'complexity_check_complete',
      'routing_decision',
      'fast_path_start',
      'response_complete',
    ]);
  });
});

test('every listener gets all events', async () => {
  const id = `dbg-${randomUUID()}`;
  await complete(
    'baseline-cli',
    { model: ownModel, messages: says('Hello!'), debug: true },
    { headers: { 'X-Debug-Request-Id': id } },
  );
  const [one, two, three] = await Promise.all([typesOf(id), typesOf(id), typesOf(id)]);
  expect(one.length).toBeGreaterThan(0);
  expect(two).toEqual(one);
  expect(three).toEqual(one);
});
