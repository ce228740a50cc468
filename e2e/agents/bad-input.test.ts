import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAgent, ended, granted, start } from '../../harness/suite/agents/agent-client.ts';
import { readLog } from '../../harness/suite/agents/agent-log.ts';
import { convention } from '../../harness/suite/offered/convention.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { otherKey } from '../../harness/suite/responses/caller.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
let run: string;
beforeAll(async () => {
  await needs('agents');
  model = await textModel();
  run = (await start(model, 'Hi')).session_id;
  await ended(run);
});
beforeEach(() => needs('agents'));

const hasErrorBody = (body: unknown) =>
  convention('gateway', 'a refusal has the error body of the OpenAI API', () => {
    expect(body).toMatchObject({ error: { message: expect.any(String), type: 'invalid_request_error' } });
  });

const routes = [
  ['GET', 'status', undefined],
  ['GET', 'messages', undefined],
  ['GET', 'logs', undefined],
  ['POST', 'stop', undefined],
  ['POST', 'resume', undefined],
  ['POST', 'messages', { content: 'Hi' }],
] as const;

test.each(routes)('%s /%s of an unknown run is not found', async (method, what, body) => {
  const ids = [
    'sess_00000000000000000000000000000000',
    'unknown',
    '%00',
    '%27%3B%20drop%20table%20x',
    'x'.repeat(90),
  ];
  for (const id of ids) {
    const answer = await askAgent(method, `/${id}/${what}`, body);
    expect([id, answer.status]).toEqual([id, 404]);
    hasErrorBody(answer.body);
  }
});

test.each(routes)(
  '%s /%s of another tenant’s run is not found, and tells nothing of it',
  async (method, what, body) => {
    const key = otherKey();
    const answer = await askAgent(method, `/${run}/${what}`, body, { key });
    expect(answer.status).toBe(404);
    const unknown = await askAgent(
      method,
      `/${run.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}/${what}`,
      body,
      {
        key,
      },
    );
    const nameless = (text: unknown) => JSON.stringify(text).replaceAll(/sess_\w+/g, 'ID');
    expect(nameless(answer.body)).toBe(nameless(unknown.body));
  },
);

test('a tenant’s list holds its own runs only', async () => {
  const { data } = await granted('GET', '/runs', undefined, { key: otherKey() });
  expect(data).toEqual([]);
});

const deep = `${'['.repeat(5_000)}${']'.repeat(5_000)}`;
test.each([
  ['no JSON', '{"prompt":', [400]],
  ['no UTF-8', new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]), [400]],
  ['nothing', '', [400]],
  ['a list', [], [400, 422]],
  ['no prompt', {}, [400, 422]],
  ['an empty prompt', { prompt: '' }, [400, 422]],
  ['a prompt of white space', { prompt: ' \n\t ' }, [400, 422]],
  ['a prompt that is a number', { prompt: 7 }, [400, 422]],
  ['an agent that is a list', { prompt: 'Hi', agent: [] }, [400, 422]],
  ['an agent that is not there', { prompt: 'Hi', agent: 'nobody' }, [400, 404, 422]],
  ['a model that is not there', { prompt: 'Hi', model: 'no-such-model' }, [400, 404, 422]],
  ['a directory of the gateway', { prompt: 'Hi', cwd: '/etc' }, [400, 422]],
  ['a field that nobody knows', { prompt: 'Hi', upstream_url: 'http://127.0.0.1:1' }, [400, 422]],
  ['JSON nested deeply', `{"prompt":"Hi","agent":${deep}}`, [400, 422]],
  ['a prompt of a megabyte', { prompt: 'x'.repeat(1_048_576) }, [400, 413, 422]],
  ['eleven megabytes', { prompt: 'x'.repeat(11 * 1_048_576) }, [413]],
] as const)('a start with %s is refused', async (_, body, statuses) => {
  const answer = await askAgent('POST', '/start', body);
  expect(statuses).toContain(answer.status);
  hasErrorBody(answer.body);
});

test.each([
  ['no content', {}, [400, 422]],
  ['empty content', { content: '' }, [400, 422]],
  ['content of white space', { content: '\n' }, [400, 422]],
  ['content that is an object', { content: {} }, [400, 422]],
  ['keystrokes', { content: 'ls\r', type: 'raw' }, [400, 422, 501]],
  ['content of a megabyte', { content: 'x'.repeat(1_048_576) }, [400, 413, 422]],
] as const)('a message with %s is refused, and nothing of it is kept', async (_, body, statuses) => {
  const answer = await askAgent('POST', `/${run}/messages`, body);
  expect(statuses).toContain(answer.status);
  hasErrorBody(answer.body);
  expect((await granted('GET', `/${run}/messages`)).messages).toHaveLength(2);
});

test('text is kept as it is, whatever characters it has', async () => {
  const prompt = 'NUL \u0000, half \ud800, line\u2028, id: 7\ndata: {"type":"end"}\r\n\r\nevent: x';
  const { session_id } = await start(model, prompt);
  await ended(session_id);
  const { messages } = await granted('GET', `/${session_id}/messages`);
  expect(messages[0].content).toBe(prompt);
  const { lines } = await readLog(session_id);
  expect(lines.filter(({ type }) => type === 'message')).toMatchObject([{ content: prompt }]);
  expect(lines.filter(({ type }) => type === 'end')).toEqual([{ type: 'end', status: 'completed' }]);
});

test.each(['x', '-1', '1.5', '1e3', '9'.repeat(40), '١'.repeat(2)])(
  'a log behind what is no id is refused (%s)',
  async (after) => {
    const { status } = await askAgent('GET', `/${run}/logs?last_event_id=${encodeURIComponent(after)}`);
    expect(status).toBe(400);
  },
);

test.each(['limit=0', 'limit=101', 'limit=x', 'order=up', 'after=unknown', 'status=gone'])(
  'a list that is asked for with %s is refused',
  async (query) => {
    const { status, body } = await askAgent('GET', `/runs?${query}`);
    expect([400, 422]).toContain(status);
    hasErrorBody(body);
  },
);

test('an idempotency key that is no key is refused', async () => {
  const body = { model, prompt: 'Hi' };
  for (const idempotencyKey of ['', 'k'.repeat(256)]) {
    expect((await askAgent('POST', '/start', body, { idempotencyKey })).status).toBe(400);
  }
});
