import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startProvider } from '../test-provider.ts';

let url: string;
let close: () => Promise<unknown>;

beforeAll(async () => {
  ({ url, close } = await startProvider());
});

afterAll(() => close());

const call = async (message: object) => {
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const answer = await fetch(`${url}/mcp`, { method: 'POST', headers, body: JSON.stringify(message) });
  return { status: answer.status, body: answer.status === 202 ? undefined : await answer.json() };
};
const asked = (method: string, params: object = {}) => call({ jsonrpc: '2.0', id: 7, method, params });

test('an MCP client is greeted, and its notifications are taken', async () => {
  const { body } = await asked('initialize');
  expect(body).toMatchObject({ jsonrpc: '2.0', id: 7, result: { capabilities: { tools: {} } } });
  expect((await call({ jsonrpc: '2.0', method: 'notifications/initialized' })).status).toBe(202);
});

test('its tools are listed and called', async () => {
  const { body } = await asked('tools/list');
  expect((body as { result: { tools: object[] } }).result.tools).toMatchObject([
    { name: 'repeat', inputSchema: { required: ['text'] } },
    { name: 'fail' },
  ]);
  const repeated = await asked('tools/call', { name: 'repeat', arguments: { text: 'ahoy' } });
  expect(repeated.body).toMatchObject({ result: { content: [{ text: 'ahoy' }], isError: false } });
  const failed = await asked('tools/call', { name: 'fail', arguments: {} });
  expect(failed.body).toMatchObject({ result: { isError: true } });
});

test('a method that it does not have is an error of its own', async () => {
  expect((await asked('prompts/list')).body).toMatchObject({ error: { code: -32_601 } });
});

test('the web has the same three pages for the same words, however it is asked', async () => {
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ query: 'the tides' });
  const posted = await (await fetch(`${url}/web-search`, { method: 'POST', headers, body })).json();
  const found = (await (await fetch(`${url}/web-search?q=the%20tides&format=json`)).json()) as {
    results: object[];
  };
  expect(found.results).toHaveLength(3);
  expect(found.results[0]).toMatchObject({
    title: 'Page 1 about the tides',
    url: 'https://example.org/the%20tides/1',
    content: expect.stringContaining('the tides'),
  });
  expect(posted).toEqual(found);
});
