import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { skip } from '../../harness/suite/skip.ts';
import { until } from '../../harness/suite/until.ts';
import { ask } from './artifact-client.ts';

/** Two callers. A gateway that knows keys would know neither. */
let mine: string;
let other: string;

beforeEach(async () => {
  await needs('artifacts');
  if (process.env.GATEWAY_API_KEYS)
    skip('the gateway knows its keys, and these tests need callers of their own');
  mine = `key-${randomUUID()}`;
  other = `key-${randomUUID()}`;
});

const store = async (bytes: Buffer, query = '', contentType?: string) => {
  const answer = await ask('POST', query, mine, bytes, contentType);
  return { ...answer, id: String(answer.json().id) };
};

test('a file is fetched byte for byte, with its type and its name', async () => {
  const bytes = randomBytes(300_000);
  const stored = await store(bytes, `?name=${encodeURIComponent('Bericht "März".png')}`, 'image/png');
  expect(stored.status).toBe(201);
  expect(stored.json()).toMatchObject({
    type: 'image',
    mime_type: 'image/png',
    display_name: 'Bericht "März".png',
    size_bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ttl_seconds: 3_600,
    url: `/v1/artifacts/${stored.id}`,
  });
  const fetched = await ask('GET', `/${stored.id}`, mine);
  expect(fetched.status).toBe(200);
  expect(fetched.bytes.equals(bytes)).toBe(true);
  expect(fetched.headers).toMatchObject({
    'content-type': 'image/png',
    'x-artifact-id': stored.id,
    'x-artifact-size': String(bytes.length),
    'x-content-type-options': 'nosniff',
  });
  expect(fetched.headers['content-disposition']).toMatch(
    /^attachment; .*filename\*=UTF-8''Bericht%20%22M%C3%A4rz%22\.png$/,
  );
});

test('a file that one worker has taken is there at the other one at once', async () => {
  const scope = stackScope('gateway');
  try {
    const headers = { authorization: `Bearer ${mine}` };
    const [first, second] = [scope.workerClient('gateway', 1), scope.workerClient('gateway', 2)];
    for (let round = 0; round < 5; round += 1) {
      const body = `round ${round}`;
      const options = { headers: { ...headers, 'content-type': 'text/plain' } };
      const stored = await first.post('/v1/artifacts', body, options);
      const { id } = stored.json() as { id: string };
      const fetched = await second.get(`/v1/artifacts/${id}`, { headers });
      expect(fetched.body).toBe(body);
      expect(fetched.pid).not.toBe(stored.pid);
    }
  } finally {
    scope.close();
  }
});

test('what another caller stored is not there, neither to fetch nor to delete', async () => {
  const { id } = await store(Buffer.from('private'));
  const [fetched, deleted] = await Promise.all([ask('GET', `/${id}`, other), ask('DELETE', `/${id}`, other)]);
  expect([fetched.status, deleted.status]).toEqual([404, 404]);
  expect(fetched.bytes.toString()).not.toContain('private');
  expect((await ask('GET', `/${id}`, mine)).bytes.toString()).toBe('private');
});

test('a file is gone when its time is over, and when it is deleted', async () => {
  const { id } = await store(Buffer.from('short'), '?ttl_seconds=1');
  const isGone = async () => (await ask('GET', `/${id}`, mine)).status === 404;
  await until('the file is gone', isGone, 15_000);
  const kept = await store(Buffer.from('long'));
  expect((await ask('DELETE', `/${kept.id}`, mine)).status).toBe(200);
  const again = await Promise.all([ask('GET', `/${kept.id}`, mine), ask('DELETE', `/${kept.id}`, mine)]);
  expect(again.map(({ status }) => status)).toEqual([404, 404]);
});

test('a page that somebody stored does not run as a page of the gateway', async () => {
  const { id } = await store(Buffer.from('<script>alert(1)</script>'), '?name=page.html', 'text/html');
  const { headers } = await ask('GET', `/${id}`, mine);
  expect(headers['content-disposition']).toMatch(/^attachment/);
  expect(headers['content-security-policy']).toMatch(/sandbox/);
});

test('JSON is stored as it is, whether it is valid or not', async () => {
  const { id } = await store(Buffer.from('{"half":'), '', 'application/json');
  expect((await ask('GET', `/${id}`, mine)).bytes.toString()).toBe('{"half":');
});

test.each([
  ['an empty file', Buffer.alloc(0), '', [400, 422]],
  ['more than 10 MB', Buffer.alloc(11 * 1024 * 1024), '', [413]],
  ['no time at all', Buffer.from('a'), '?ttl_seconds=0', [400, 422]],
  ['a year', Buffer.from('a'), '?ttl_seconds=31536000', [400, 422]],
  ['a name with a NUL', Buffer.from('a'), '?name=a%00b', [400, 422]],
])('%s is refused', async (_, bytes, query, statuses) => {
  const { status } = await ask('POST', query, mine, bytes);
  expect(statuses).toContain(status);
});

test.each(['artf_00000000000000000000000000000000', 'a%00b', '..%2F..%2Fetc%2Fpasswd', "x'%20or%201=1"])(
  'nothing is found under %s',
  async (id) => {
    expect((await ask('GET', `/${id}`, mine)).status).toBe(404);
  },
);

test('the bound on what a caller may keep holds exactly, however many store at once', async () => {
  const bytes = randomBytes(6 * 1024 * 1024);
  const answers = await Promise.all(Array.from({ length: 13 }, () => ask('POST', '', mine, bytes)));
  const stored = answers.filter(({ status }) => status === 201).map((answer) => String(answer.json().id));
  // 64 MB are ten such files.
  const statuses = [...Array(10).fill(201), ...Array(3).fill(429)];
  expect(answers.map(({ status }) => status).sort()).toEqual(statuses);
  expect((await ask('DELETE', `/${stored[0]}`, mine)).status).toBe(200);
  expect((await ask('POST', '', mine, bytes)).status).toBe(201);
  await Promise.all(stored.map((id) => ask('DELETE', `/${id}`, mine)));
});
