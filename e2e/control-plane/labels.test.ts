import { beforeEach, expect, test } from '@jest/globals';
import {
  accepted,
  messagesOf,
  newSession,
  post,
  statusOf,
} from '../../harness/suite/control-plane/sessions.ts';
import { needs } from '../../harness/suite/offered/needs.ts';

beforeEach(() => needs('control-plane'));

/** What a session shows of a message with a label, after one without. */
async function shownWith(label: string): Promise<readonly (string | undefined)[]> {
  const session = newSession();
  await accepted({ session_id: session, message: 'Hello' });
  await accepted({ session_id: session, message: 'Go on', capability: label });
  return (await messagesOf(session)).map(({ content, capability }) => `${content}: ${capability ?? ''}`);
}

// covers 001/control-plane-command-labels
test.each(['ask', 'exec', 'max', 'continue', 'ASK', 'eXeC', ' max '])(
  'the label %j is accepted and shows as continue',
  async (label) => {
    expect(await shownWith(label)).toEqual(['Hello: ', 'Go on: continue']);
  },
);

// covers 001/control-plane-command-labels
test.each(['resume', 'RESUME', '\tResume\n'])(
  'the label %j is accepted and shows as resume',
  async (label) => {
    expect(await shownWith(label)).toEqual(['Hello: ', 'Go on: resume']);
  },
);

// covers 001/control-plane-command-labels
test.each(['', '  '])('the label %j is none', async (label) => {
  const session = newSession();
  await accepted({ session_id: session, message: 'Hello', capability: label });
  expect((await messagesOf(session))[0]?.capability ?? '').toBe('');
});

test('a label needs no message', async () => {
  const session = newSession();
  await accepted({ session_id: session, capability: 'continue' });
  expect(await messagesOf(session)).toMatchObject([{ content: '', capability: 'continue' }]);
});

// covers 001/control-plane-unsupported-capability
test.each(['pause', ' PAUSE ', 'asks', 'ask exec', 'constructor'])(
  'the label %j is refused, and nothing comes of it',
  async (label) => {
    const session = newSession();
    const { status, body } = await post({ session_id: session, message: 'Hello', capability: label });
    expect(status).toBe(501);
    expect(body).toMatchObject({
      error: 'unsupported capability',
      capability: label.trim().toLowerCase(),
      session_id: session,
      status: 'failed',
    });
    for (const known of ['ask', 'exec', 'max', 'continue', 'resume'])
      expect(body.instructions).toContain(known);
    expect((await statusOf(session)).status).toBe(404);
  },
);
