import { expect, test } from '@jest/globals';
import { OutputWriter } from '../events/output-writer.ts';
import { fileSearch } from './file-search.ts';
import type { HostedTool } from './hosted-tool.ts';
import { mcpServer } from './mcp-server.ts';
import type { AskTool } from './tool-http.ts';
import { webSearch } from './web-search.ts';

const signal = new AbortController().signal;
const call = (args: string) => ({ callId: 'c', name: 't', arguments: args });
const outOf = () => {
  let ids = 0;
  return new OutputWriter((prefix) => `${prefix}_${++ids}`);
};

/** Runs one call; tells what the model hears, the last shape of the item, and the phases that were told. */
async function run(tool: HostedTool, args: string) {
  const out = outOf();
  const steps = tool.run(call(args), out, signal);
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  const types = out.take().map(({ type }) => type.replace(/^response\.(\w+_call\.)?/, ''));
  return { said: step.value, item: out.output[0], types };
}

const found = [{ file_id: 'file_1', filename: 'a.txt', score: 0.5, attributes: {}, text: 'passage' }];

test('a search of files tells its phases; its results are shown only when asked for', async () => {
  const asked: unknown[] = [];
  const search = async (query: object) => {
    asked.push(query);
    return found;
  };
  const options = { vector_store_ids: ['vs_1'], max_num_results: 3 };
  const quiet = await run(fileSearch(search, options, false), '{"query":"where"}');
  expect(quiet.types).toEqual([
    'output_item.added',
    'in_progress',
    'searching',
    'completed',
    'output_item.done',
  ]);
  expect(quiet.item).toMatchObject({ status: 'completed', queries: ['where'], results: null });
  expect(quiet.said).toContain('passage');
  expect((await run(fileSearch(search, options, true), '{"query":"where"}')).item).toMatchObject({
    results: found,
  });
  expect(asked[0]).toMatchObject({ stores: ['vs_1'], query: 'where', maxResults: 3 });
});

test('a search that fails is told to the model, and never completed', async () => {
  const search = () => Promise.reject(new Error('postgres://user:secret@db'));
  const failed = await run(fileSearch(search, { vector_store_ids: [] }, true), '{"query":"x"}');
  expect(failed.types).not.toContain('completed');
  expect(failed.item).toMatchObject({ status: 'failed' });
  expect(failed.said).not.toContain('secret');
});

test('the web is searched by the words of the model', async () => {
  const ask: AskTool = async (url, { body }) => ({
    headers: {},
    text: JSON.stringify({ results: [{ url, title: JSON.stringify(body), snippet: 's', other: 1 }] }),
  });
  const { said, item } = await run(webSearch('http://search', ask), '{"query":"a b&c"}');
  expect(JSON.parse(said)).toEqual({
    results: [{ url: 'http://search', title: '{"query":"a b&c"}', snippet: 's' }],
  });
  expect(item).toMatchObject({ status: 'completed', action: { type: 'search', query: 'a b&c' } });
});

/** An MCP server that answers these methods, and keeps what it was asked. */
function mcpOf(methods: Readonly<Record<string, unknown>>) {
  const asked: { readonly method: string; readonly session?: string | undefined }[] = [];
  const ask: AskTool = async (_url, { body, headers }) => {
    const { method } = body as { readonly method: string };
    asked.push({ method, session: headers?.['mcp-session-id'] });
    if (!(method in methods)) throw new Error('status 500');
    return { headers: { 'mcp-session-id': 's1' }, text: JSON.stringify({ result: methods[method] }) };
  };
  return { ask, asked };
}

async function list(ask: AskTool, allowed?: readonly string[], past: readonly { type: string }[] = []) {
  const out = outOf();
  const options = { server_label: 'desk', allowed_tools: allowed ?? null };
  const steps = mcpServer('http://desk', options, ask).list(past, out, signal);
  let step = await steps.next();
  while (!step.done) step = await steps.next();
  return { tools: step.value, out };
}

const introduction = { initialize: {}, 'notifications/initialized': {} };
const offered = { tools: [{ name: 'say', inputSchema: { type: 'object' } }, { name: 'hide' }] };

test('a server is introduced to once, keeps its session, and offers only what is allowed', async () => {
  const answer = { content: [{ type: 'text', text: 'said' }] };
  const { ask, asked } = mcpOf({ ...introduction, 'tools/list': offered, 'tools/call': answer });
  const { tools, out } = await list(ask, ['say']);
  expect(tools.map(({ tool }) => tool.function.name)).toEqual(['say']);
  expect(out.output[0]).toMatchObject({
    type: 'mcp_list_tools',
    server_label: 'desk',
    tools: [{ name: 'say' }],
  });
  const { said, item, types } = await run(tools[0] as HostedTool, '{"a":1}');
  expect(said).toBe('said');
  expect(item).toMatchObject({ status: 'completed', output: 'said', error: null, arguments: '{"a":1}' });
  expect(types).toContain('completed');
  expect(asked.map(({ method }) => method)).toEqual([
    ...['initialize', 'notifications/initialized', 'tools/list', 'tools/call'],
  ]);
  expect(asked.at(-1)?.session).toBe('s1');
});

test.each([
  [
    'says so',
    { 'tools/call': { isError: true, content: [{ type: 'text', text: 'too dark' }] } },
    '{}',
    'too dark',
  ],
  ['does not answer', {}, '{}', 'the call failed'],
  ['gets no JSON from the model', { 'tools/call': { content: [] } }, '{', 'no JSON'],
])(
  'a call that fails because the tool %s is failed, and the model hears why',
  async (_, methods, args, why) => {
    const { ask } = mcpOf({ ...introduction, 'tools/list': offered, ...methods });
    const { tools } = await list(ask);
    const { said, item, types } = await run(tools[0] as HostedTool, args);
    expect(item).toMatchObject({ status: 'failed', output: null, error: expect.stringContaining(why) });
    expect(said).toContain(why);
    expect(types).toContain('failed');
  },
);

test('a server that can not be listed has no tools; one that an earlier turn listed is not asked again', async () => {
  const down = await list(mcpOf({}).ask);
  expect([down.tools, down.out.output[0]?.error]).toEqual([[], 'the tools could not be listed']);
  const { ask, asked } = mcpOf({});
  const known = {
    type: 'mcp_list_tools',
    server_label: 'desk',
    tools: [{ name: 'say', description: null, input_schema: {} }],
  };
  const again = await list(ask, undefined, [known]);
  expect([again.tools.length, again.out.output.length, asked.length]).toEqual([1, 0, 0]);
});
