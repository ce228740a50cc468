import { beforeEach, expect, test } from '@jest/globals';
import { accepted, askControl, newSession, sessionPath } from '../../harness/suite/control-plane/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';

beforeEach(() => needs('control-plane'));

// covers 001/route-namespace-isolation
test.each([
  'GET /message',
  'PUT /message',
  'PATCH /message',
  'DELETE /message',
  'POST /messages',
  'PUT /messages',
  'PATCH /messages',
  'DELETE /messages',
  'POST /status',
  'PUT /status',
  'PATCH /status',
  'DELETE /status',
  'POST /events',
  'PUT /events',
  'PATCH /events',
  'DELETE /events',
])('%s is no route', async (pair) => {
  const [method = '', route = ''] = pair.split(' ');
  const session = newSession();
  const body = method === 'GET' ? undefined : { session_id: session, message: 'Hello' };
  const { status } = await askControl(method, route, body);
  expect([404, 405]).toContain(status);
  expect((await askControl('GET', sessionPath('/status', session))).status).toBe(404);
});

// covers 001/route-namespace-isolation
test.each(['POST /v1/message', 'GET /v1/status', 'GET /v1/events', 'GET /v1/messages'])(
  '%s is no route: the control plane is not below /v1',
  async (pair) => {
    const [method = '', route = ''] = pair.split(' ');
    const session = newSession();
    await accepted({ session_id: session, message: 'Hello' });
    const body = method === 'POST' ? { session_id: session, message: 'Hello' } : undefined;
    const { status, text } = await askControl(method, `${route}?session_id=${session}`, body);
    expect([400, 404, 405]).toContain(status);
    expect(text).not.toContain('msg_');
  },
);

// covers 001/route-namespace-isolation
test('POST /v1/messages is the Messages API, whatever it is sent', async () => {
  const session = newSession();
  const { status, body } = await askControl('POST', '/v1/messages', {
    session_id: session,
    message: 'Hello',
  });
  expect(status).not.toBe(202);
  expect(body).not.toHaveProperty('events_url');
  expect((await askControl('GET', sessionPath('/status', session))).status).toBe(404);
});

// covers 001/route-namespace-isolation
test.each(['/message/', '/messages/x', '/status/x', '/message/agent/start', '/events/stream'])(
  'there is nothing at %s',
  async (path) => {
    const { status } = await askControl('GET', path);
    expect(status).toBe(404);
  },
);
