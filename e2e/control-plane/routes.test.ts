import { beforeEach, expect, test } from '@jest/globals';
import { accepted, askControl, newSession, sessionPath } from '../../harness/suite/control-plane/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';

beforeEach(() => needs('control-plane'));

const declared = ['POST /message', 'GET /messages', 'GET /status', 'GET /events'];
const routes = ['/message', '/messages', '/status', '/events'];
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const matrix = routes.flatMap((route) => methods.map((method) => `${method} ${route}`));

// covers 001/route-namespace-isolation
test.each(matrix.filter((pair) => !declared.includes(pair)))('%s is no route', async (pair) => {
  const [method = '', route = ''] = pair.split(' ');
  const body = method === 'GET' ? undefined : { session_id: newSession(), message: 'Hello' };
  const { status } = await askControl(method, route, body);
  expect([404, 405]).toContain(status);
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
