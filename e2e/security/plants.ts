import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Planted, plantedFile } from '../../harness/report/results-search.ts';
import { runFolder } from '../../harness/stack/run-folder.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { openSocket } from '../../harness/suite/responses/response-socket.ts';
import { type Asked, ask } from '../../harness/suite/security/ask.ts';
import { adminKey, makeKey, revokeKey } from '../../harness/suite/security/keys.ts';
import { type Canary, canaryOf, newCanary } from '../../harness/suite/security/leaks.ts';
import { rawHead, sendRaw } from '../../harness/suite/security/raw.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { runId, service, stackVariables } from '../../harness/suite/stack.ts';

export const canaries: Canary[] = [];
export const answers: string[] = [];
/** No credential: a text that is meant to be in all those places. */
export const proof = newCanary('proof', 'proof-');

/** What is written when the suites are over is searched then (`results-search.ts`). */
export function leaveForResults(): void {
  writeFileSync(
    join(runFolder(runId()), plantedFile),
    JSON.stringify({ canaries, proof } satisfies Planted),
    { mode: 0o600 },
  );
}

const planted = (name: string, prefix?: string): string => {
  const canary = newCanary(name, prefix);
  canaries.push(canary);
  return canary.value;
};
export const noted = async (path: string, asked: Asked) => {
  const { status, headers, text } = await ask(path, { enough: { bytes: 200_000, ms: 15_000 }, ...asked });
  // Without the query, where some keys were given.
  answers.push(
    `${asked.method ?? 'GET'} ${path.split('?')[0]}\n${status} ${JSON.stringify(headers)}\n${text}`,
  );
  return status;
};

export const models = ['baseline-cli-agent', 'baseline-langchain'];
/** How the model API ends a request: well, by refusing, and in the middle. */
const ends = [{}, { status: 400 }, { status: 401 }, { status: 429 }, { status: 500 }, { cut: 2 }];

/** Every way to ask a model that the gateway has, and to leave something for one. */
function calls(model: string, mark: string): readonly (readonly [path: string, body: object])[] {
  const messages = [{ role: 'user', content: `Hi ${proof.value} ${mark}` }];
  const input = `Hi ${proof.value} ${mark}`;
  const asked = [false, true].flatMap((stream): [string, object][] => [
    ['/v1/chat/completions', { model, messages, stream, debug: true }],
    ['/v1/messages', { model, messages, stream, max_tokens: 50 }],
    ['/v1/responses', { model, input, stream }],
  ]);
  return [
    ...asked,
    ['/message', { message: input, capability: 'ask' }],
    ['/agent/start', { prompt: input, agent: model }],
  ];
}

/** Where clients put keys, rightly and wrongly. */
const carriers: readonly (readonly [name: string, (value: string) => Asked & { readonly query?: string }])[] =
  [
    ['Authorization', (value) => ({ headers: { authorization: `Bearer ${value}` } })],
    ['Authorization without a scheme', (value) => ({ headers: { authorization: value } })],
    [
      'Basic',
      (value) => ({ headers: { authorization: `Basic ${Buffer.from(`me:${value}`).toString('base64')}` } }),
    ],
    ['x-api-key', (value) => ({ headers: { 'x-api-key': value } })],
    ['api-key', (value) => ({ headers: { 'api-key': value } })],
    ['X-Goog-Api-Key', (value) => ({ headers: { 'x-goog-api-key': value } })],
    ['Proxy-Authorization', (value) => ({ headers: { 'proxy-authorization': `Bearer ${value}` } })],
    ['a cookie', (value) => ({ headers: { cookie: `session=${value}` } })],
    ['?key=', (value) => ({ query: `key=${value}` })],
    ['?auth_token=', (value) => ({ query: `auth_token=${value}` })],
    ['?access_token=', (value) => ({ query: `access_token=${value}` })],
    ['Referer', (value) => ({ headers: { referer: `https://me:${value}@page.test/?token=${value}` } })],
  ];

async function plantInRequests(): Promise<void> {
  for (const [name, carry] of carriers) {
    const { query, ...carried } = carry(planted(name));
    const { mark } = newOperation();
    const list = [
      ...calls(models[0] as string, mark),
      ['/v1/embeddings', { model: 'no-such-model', input: 'x' }],
    ] as const;
    await Promise.all([
      ...list.map(([path, body]) =>
        noted(query ? `${path}?${query}` : path, { method: 'POST', body, ...carried }),
      ),
      ...[
        '/v1/models',
        '/metrics',
        '/admin/keys',
        '/no/such/route',
        '/v1/responses/resp_none',
        '/v1/files',
      ].map((path) => noted(query ? `${path}?${query}` : path, carried)),
      noted('/v1/chat/completions', { method: 'POST', body: '{not json', ...carried }),
    ]);
  }
}

async function plantInBodies(): Promise<void> {
  const key = `sk-${randomUUID()}`;
  const { mark } = newOperation();
  const tools = [
    {
      ...{ type: 'mcp', server_label: 'desk', require_approval: 'never' },
      authorization: planted('authorization of an MCP tool'),
      headers: { 'X-Key': planted('header of an MCP tool') },
      server_url: `http://me:${planted('password of an MCP address')}@desk.test/mcp?key=${planted('query of an MCP address')}`,
    },
  ];
  const model = await textModel();
  for (const stream of [false, true]) {
    await noted('/v1/responses', {
      method: 'POST',
      key,
      body: { model, input: `Hi ${mark}`, tools, stream },
    });
  }
  await noted('/v1/responses', {
    method: 'POST',
    key,
    body: { model, input: 'Hi', tools, background: true },
  });
  const unknown = [{ ...tools[0], server_label: 'unknown' }];
  await noted('/v1/responses', { method: 'POST', key, body: { model, input: 'Hi', tools: unknown } });
  const fields = {
    api_key: planted('api_key in a body'),
    extra_headers: { Authorization: planted('extra_headers in a body') },
  };
  const messages = [{ role: 'user', content: 'Hi' }];
  await noted('/v1/chat/completions', {
    method: 'POST',
    key,
    body: { model: 'no-such-model', messages, ...fields },
  });
}

/** Errors of the model API, which may quote its key. */
async function plantInEnds(): Promise<void> {
  const keyed = service('gateway').ours ? ['scripted-two-keys'] : [];
  for (const model of [...models, ...keyed, await textModel()]) {
    for (const end of ends) {
      const key = planted(`the key of a call of ${model} that ends with ${JSON.stringify(end)}`);
      const { mark } = newOperation(end);
      await Promise.all(calls(model, mark).map(([path, body]) => noted(path, { method: 'POST', key, body })));
    }
  }
}

async function plantInSockets(): Promise<void> {
  const model = await textModel();
  const socket = await openSocket({ key: planted('the key of a socket') });
  const tools = [{ type: 'mcp', server_label: 'desk', authorization: planted('authorization in a frame') }];
  for (const frame of [
    { type: 'response.create', model, input: `Hi ${proof.value}`, tools },
    { type: 'response.create', model: 'no-such-model', input: 'Hi', tools },
    { type: 'nonsense', api_key: planted('a field of a frame') },
  ]) {
    socket.send(frame);
    answers.push(JSON.stringify(await socket.turn()));
  }
  socket.close();
}

async function plantInRawBytes(): Promise<void> {
  const lines = [`Authorization: Bearer ${planted('a request that is none')}`, 'Bad Header: x'];
  answers.push((await sendRaw(rawHead('GET', '/v1/models', lines))).head);
  const long = `Authorization: Bearer ${planted('a header that is too long')}${'x'.repeat(70_000)}`;
  answers.push((await sendRaw(rawHead('GET', '/v1/models', [long]))).head);
}

async function plantKeysOfTheStore(): Promise<void> {
  const [good, revoked, limited] = [
    await makeKey(),
    await makeKey(),
    await makeKey({ limits: { requests: 1, window_seconds: 600 } }),
  ];
  for (const [name, { key }] of Object.entries({ good, revoked, limited })) {
    canaries.push(canaryOf(`a ${name} key of the store`, key));
  }
  canaries.push(canaryOf('the admin key', adminKey()));
  await revokeKey(revoked.id);
  for (const { key } of [good, revoked, limited, limited, { key: adminKey() }]) {
    const { mark } = newOperation();
    for (const [path, body] of calls(models[0] as string, mark))
      await noted(path, { method: 'POST', key, body });
  }
  await noted('/admin/keys?limit=1000', { key: adminKey() });
}

/** What other services would be let in with, and the provider's own keys. */
function plantOwnCredentials(): void {
  for (const [name, value] of Object.entries(stackVariables())) {
    if (/KEY|TOKEN|SECRET|PASSWORD/.test(name) && /^(?:sk-)?[0-9a-f]{32}$/.test(value))
      canaries.push(canaryOf(name, value));
  }
  // The provider quotes the key of whatever it refuses.
  for (const key of ['scripted-key-a', 'scripted-key-b']) canaries.push(canaryOf('a key of a provider', key));
}

/** Gives credentials in every way; resolves when all of it was answered. */
export async function plantEverywhere(): Promise<void> {
  plantOwnCredentials();
  await Promise.all([
    plantInRequests(),
    plantInBodies(),
    plantInEnds(),
    plantInSockets(),
    plantInRawBytes(),
    plantKeysOfTheStore(),
  ]);
}
