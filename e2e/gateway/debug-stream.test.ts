import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { cliModel, complete, says } from '../../harness/suite/chat.ts';
import { getStream } from '../../harness/suite/event-stream.ts';
import { release, waitForJournal } from '../../harness/suite/journal.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { needsScriptedProvider } from '../../harness/suite/setup/scripted.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';

beforeEach(() => needs('debug'));

interface DebugEvent {
  readonly request_id: string;
  readonly type: string;
  readonly timestamp: string;
}

const streamOf = (id: string) => `${service('gateway').url}/v1/debug/stream/${id}`;

async function eventsOf(id: string): Promise<readonly DebugEvent[]> {
  const { data } = await getStream(streamOf(id));
  return data.map((event) => JSON.parse(event) as DebugEvent);
}

test('the debug stream of an unknown request ends within 10 s and says so', async () => {
  const { status } = await axios.get(streamOf(`test-${randomUUID()}`), {
    timeout: 10_000,
    validateStatus: () => true,
  });
  expect([200, 404, 408]).toContain(status);
  convention('gateway', 'an unknown debug stream is 404', () => expect(status).toBe(404));
});

test('a request with debug tells its steps in order, to whichever worker is asked', async () => {
  const id = `req-${randomUUID()}`;
  const { status, headers } = await complete(
    'gateway',
    { model: cliModel, messages: says('Hi'), debug: true },
    { headers: { 'X-Request-Id': id } },
  );
  expect(status).toBe(200);
  convention('gateway', 'the answer to a debugged request names it in X-Debug-Request-Id', () =>
    expect(headers['x-debug-request-id']).toBe(id),
  );
  const tellings = await Promise.all([eventsOf(id), eventsOf(id), eventsOf(id), eventsOf(id)]);
  expect(tellings[0].length).toBeGreaterThan(0);
  convention('gateway', 'a debugged request tells its way upstream and back', () => {
    expect(tellings[0].map(({ type }) => type)).toEqual([
      'request_received',
      'upstream_request',
      'upstream_status',
      'response_complete',
    ]);
  });
  expect(new Set(tellings.map((events) => JSON.stringify(events))).size).toBe(1);
  expect(new Set(tellings[0].map((event) => event.request_id))).toEqual(new Set([id]));
});

test('a debug stream is live: it begins while the request still runs and ends with it', async () => {
  await needsScriptedProvider('gateway');
  const id = `req-${randomUUID()}`;
  const { id: op, mark } = newOperation({ hold: 0 });
  const answer = complete(
    'gateway',
    { model: cliModel, messages: says(`Hi ${mark}`), debug: true },
    { headers: { 'X-Request-Id': id } },
  );
  answer.catch(() => undefined);
  await waitForJournal(op, 'arrived');
  // The model answers only when the first event has been read.
  let released: Promise<void> | undefined;
  const onData = () => {
    released ??= release(op);
  };
  const follow = async () => {
    const stream = await getStream(streamOf(id), { onData });
    return stream.status === 200 && stream;
  };
  const seen = await until(`the gateway knows the debugged request ${id}`, follow);
  await released;
  convention(
    'gateway',
    'a debugged request begins with request_received and ends with response_complete',
    () => {
      expect(JSON.parse(seen.data[0] ?? '{}')).toMatchObject({ type: 'request_received' });
      expect(JSON.parse(seen.data.at(-1) ?? '{}')).toMatchObject({ type: 'response_complete' });
    },
  );
  expect((await answer).status).toBe(200);
});

test('a request without debug leaves nothing to follow', async () => {
  const id = `req-${randomUUID()}`;
  await complete('gateway', { model: cliModel, messages: says('Hi') }, { headers: { 'X-Request-Id': id } });
  const { status, data } = await axios.get(streamOf(id), { timeout: 10_000, validateStatus: () => true });
  expect([200, 404, 408]).toContain(status);
  expect(JSON.stringify(data)).not.toContain('request_received');
  convention('gateway', 'an unknown debug stream is 404', () => expect(status).toBe(404));
});
