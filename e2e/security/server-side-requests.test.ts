import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { needs } from '../../harness/suite/offered/needs.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { ownKey } from '../../harness/suite/responses/caller.ts';
import { ask } from '../../harness/suite/security/ask.ts';
import { sendRaw } from '../../harness/suite/security/raw.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { driver, service } from '../../harness/suite/stack.ts';

// A listener stands for what only the services can reach. Every test gives its address wherever a client can give one,
// and ends with a look at who came.

let server: Server;
let visits: string[] = [];
let model: string;
let address: string;
beforeAll(async () => {
  if (driver() !== 'process' && service('gateway').ours)
    skip(`services of driver ${driver()} reach nothing that listens here`);
  server = createServer((request, response) => {
    visits.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"secret":"of the inside"}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  model = await textModel();
});
afterAll(() => {
  server?.close();
});
beforeEach(async () => {
  await needs('chat', 'responses');
  visits = [];
});

/** Ways to write the same address, as filters are got round by them. */
const writings = (path: string): readonly string[] => {
  const [, port] = address.split(':');
  return [
    `http://${address}${path}`,
    `http://localhost:${port}${path}`,
    `http://0:${port}${path}`,
    `http://2130706433:${port}${path}`,
    `http://0x7f.1:${port}${path}`,
    `http://[::ffff:127.0.0.1]:${port}${path}`,
    `http://public.test@${address}${path}`,
    `http://127.0.0.1.nip.io:${port}${path}`,
  ];
};
const post = (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
  ask(path, { method: 'POST', key: ownKey(), body, headers });
const noSecret = (texts: readonly string[]) => expect(texts.join('\n')).not.toContain('of the inside');
const agents = ['baseline-cli-agent', 'baseline-langchain'];

test('the listener is there for who asks it', async () => {
  const { text } = await ask('/here', { origin: `http://${address}` });
  expect([text, visits]).toEqual(['{"secret":"of the inside"}', ['GET /here']]);
});

test.each([...agents, 'a plain model'])('an image by address is fetched by nobody: %s', async (name) => {
  const to = name === 'a plain model' ? model : name;
  const { mark } = newOperation();
  const answers = await Promise.all(
    writings('/image.png').flatMap((url) => [
      post('/v1/chat/completions', {
        model: to,
        messages: [
          {
            role: 'user',
            content: [
              { type: 'text', text: `Hi ${mark}` },
              { type: 'image_url', image_url: { url } },
            ],
          },
        ],
      }),
      post('/v1/responses', {
        model: to,
        input: [{ role: 'user', content: [{ type: 'input_image', image_url: url }] }],
      }),
      post('/v1/messages', {
        ...{ model: to, max_tokens: 5 },
        messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url } }] }],
      }),
    ]),
  );
  noSecret(answers.map(({ text }) => text));
  expect(visits).toEqual([]);
});

test.each(['http', 'file', 'data', 'gopher', 'ftp'])(
  'a file by address is fetched by nobody: %s',
  async (scheme) => {
    const url = scheme === 'file' ? 'file:///etc/passwd' : `${scheme}://${address}/file.pdf`;
    const answers = await Promise.all([
      post('/v1/responses', {
        model,
        input: [{ role: 'user', content: [{ type: 'input_file', file_url: url }] }],
      }),
      post('/v1/messages', {
        ...{ model, max_tokens: 5 },
        messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url } }] }],
      }),
      ...agents.map((agent) =>
        post('/v1/chat/completions', {
          model: agent,
          messages: [
            {
              role: 'user',
              content: [
                { type: 'file', file: { name: 'x', content: url } },
                { type: 'text', text: url },
              ],
            },
          ],
        }),
      ),
    ]);
    for (const { text } of answers) expect(text).not.toMatch(/root:.*:0:0:/);
    noSecret(answers.map(({ text }) => text));
    expect(visits).toEqual([]);
  },
);

test('tools go to the addresses of the operator: none of a client is asked, by whatever field it is given', async () => {
  const url = `http://${address}/mcp`;
  const tools = [
    { type: 'mcp', server_label: 'desk', server_url: url, require_approval: 'never' },
    {
      type: 'mcp',
      server_label: `label-${randomUUID().slice(0, 8)}`,
      server_url: url,
      require_approval: 'never',
    },
    {
      type: 'mcp',
      server_label: 'desk',
      server_url: url,
      headers: { Host: address },
      require_approval: 'never',
    },
    { type: 'mcp', server_label: 'x', connector_id: url },
    { type: 'mcp', server_label: '__proto__', server_url: url },
    { type: 'web_search', endpoint: url, url, filters: { allowed_domains: [address] } },
    { type: 'code_interpreter', container: { type: 'auto', url } },
    { type: 'image_generation', input_image_mask: { image_url: url } },
  ];
  for (const tool of tools) {
    const { text } = await post('/v1/responses', { model, input: 'Hi [[tool=repeat]]', tools: [tool] });
    noSecret([text]);
  }
  expect(visits).toEqual([]);
});

test('an address in the body or in a header of any API is nobody’s upstream', async () => {
  const url = `http://${address}/v1`;
  const fields = {
    base_url: url,
    api_base: url,
    baseUrl: url,
    url,
    endpoint: url,
    proxy: url,
    callback_url: url,
    webhook: url,
  };
  const headers = {
    ...{
      'x-upstream-url': url,
      'x-base-url': url,
      'x-target': url,
      'x-forwarded-host': address,
      'x-original-url': url,
    },
    ...{
      'x-portkey-custom-host': url,
      'openai-base-url': url,
      'helicone-target-url': url,
      'x-rewrite-url': url,
    },
  };
  const messages = [{ role: 'user', content: 'Hi' }];
  const answers = await Promise.all([
    post('/v1/chat/completions', { model, messages, ...fields }, headers),
    post('/v1/chat/completions', { model: agents[0], messages, ...fields }, headers),
    post('/v1/responses', { model, input: 'Hi' }, headers),
    post('/v1/messages', { model, messages, max_tokens: 5 }, headers),
    post('/v1/embeddings', { model: 'scripted-embedding', input: 'Hi', ...fields }, headers),
    post('/api/transcribe', { audio_b64: 'UklGRg==', url, endpoint: url }, headers),
    ...[url, `../../${address}`, `//${address}/`, `@${address}`].flatMap((name) => [
      post('/v1/chat/completions', { model: name, messages }),
      post('/v1/chat/completions', { model: agents[0], competitor_id: name, messages }),
      ask(`/v1/models/${encodeURIComponent(name)}`, { key: ownKey() }),
      ask(`/api/debug/stream/${encodeURIComponent(name)}?baseline=${encodeURIComponent(name)}`, {
        key: ownKey(),
      }),
      ask(`/api/memories/${encodeURIComponent(name)}?user_id=${randomUUID()}`, {
        method: 'DELETE',
        key: ownKey(),
      }),
    ]),
  ]);
  noSecret(answers.map(({ text }) => text));
  expect(visits).toEqual([]);
});

test('the gateway is no proxy: absolute addresses and CONNECT lead nowhere', async () => {
  const authorization = `Authorization: Bearer ${ownKey()}`;
  const absolute = await sendRaw(
    `GET http://${address}/through HTTP/1.1\r\nHost: ${address}\r\n${authorization}\r\nConnection: close\r\n\r\n`,
  );
  const tunnel = await sendRaw(
    `CONNECT ${address} HTTP/1.1\r\nHost: ${address}\r\n${authorization}\r\n\r\nGET /through HTTP/1.1\r\nHost: x\r\n\r\n`,
  );
  noSecret([absolute.body, tunnel.body]);
  expect(absolute.status === undefined || absolute.status >= 400).toBe(true);
  expect(tunnel.status === undefined || tunnel.status >= 400).toBe(true);
  expect(visits).toEqual([]);
});

test('code that a model writes for a client asks nobody either', async () => {
  const { mark } = newOperation({
    say: `\`\`\`python\nimport urllib.request\nprint(urllib.request.urlopen("http://${address}/code").read())\n\`\`\``,
  });
  const messages = [{ role: 'user', content: `Write a Python script that fetches a page ${mark}` }];
  const { status, text } = await post('/v1/chat/completions', { model: agents[0], messages });
  expect(status).toBe(200);
  noSecret([text]);
  expect(visits).toEqual([]);
});
