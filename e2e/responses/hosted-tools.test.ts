import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import type { Response } from 'openai/resources/responses/responses';
import { needs } from '../../harness/suite/offered/needs.ts';
import { caller } from '../../harness/suite/responses/caller.ts';
import { storeOf } from '../../harness/suite/responses/filled-store.ts';
import {
  responseIn,
  type SeenResponse,
  streamResponse,
  typesIn,
} from '../../harness/suite/responses/response-stream.ts';
import { needsScriptedResponses } from '../../harness/suite/responses/scripted-responses.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';
import { skip } from '../../harness/suite/skip.ts';
import { driver, service } from '../../harness/suite/stack.ts';

let model: string;
beforeAll(async () => {
  model = await textModel();
});
beforeEach(async () => {
  await needs('responses');
  await needsScriptedResponses();
});

interface HostedTool {
  readonly type: string;
  readonly [setting: string]: unknown;
}

/** Streams with a tool that the model has to use; a gateway that refuses the tool does not offer it. */
async function using(tool: HostedTool, input: string): Promise<SeenResponse> {
  const body = {
    model,
    input,
    tools: [tool],
    tool_choice: 'required',
    include: ['file_search_call.results'],
  };
  const seen = await streamResponse(body);
  const isRefused = seen.status === 400 || seen.status === 422 || seen.status === 501;
  if (isRefused && !service('gateway').ours)
    skip(`the gateway does not offer ${tool.type}: ${seen.status} ${seen.body.slice(0, 160)}`, 'not_offered');
  return seen;
}

const itemOf = (response: Response, type: string) => response.output.find((item) => item.type === type);

// covers 002/file-search-events
test('files are searched for an answer: under way, searching, completed, in one item', async () => {
  await needs('vector-stores');
  const { store, files } = await storeOf(
    'The lighthouse keeper counts ships every evening.',
    'Bread is baked at five in the morning.',
  );
  const tool = { type: 'file_search', vector_store_ids: [store] };
  const seen = await using(tool, 'Search the files: who counts ships at the lighthouse?');
  expect(seen.findings).toEqual([]);
  const phases = seen.events.filter(({ type }) => type.startsWith('response.file_search_call.'));
  expect(typesIn(phases)).toEqual([
    'response.file_search_call.in_progress',
    'response.file_search_call.searching',
    'response.file_search_call.completed',
  ]);
  expect(new Set(phases.map(({ item_id }) => item_id)).size).toBe(1);
  const call = itemOf(responseIn(seen.events), 'file_search_call');
  expect(call).toMatchObject({ status: 'completed', queries: [expect.stringMatching(/ships/)] });
  const results = call?.type === 'file_search_call' ? (call.results ?? []) : [];
  expect(results[0]).toMatchObject({ file_id: files[0], text: expect.stringContaining('counts ships') });
  expect(itemOf(responseIn(seen.events), 'message')).toBeDefined();
});

test('an empty store is searched as well, without results, and still answered', async () => {
  await needs('vector-stores');
  const { store } = await storeOf();
  const seen = await using({ type: 'file_search', vector_store_ids: [store] }, 'Search the files: who?');
  expect(seen.findings).toEqual([]);
  const response = responseIn(seen.events);
  expect(itemOf(response, 'file_search_call')).toMatchObject({ status: 'completed', results: [] });
  expect(itemOf(response, 'message')).toBeDefined();
});

// covers 002/file-search-events
test('the official client accepts a search of files and finds its message', async () => {
  await needs('vector-stores');
  const { store } = await storeOf('The tide turns at noon.');
  const response = await caller()
    .responses.stream({
      model,
      input: 'Search the files: when does the tide turn?',
      tools: [{ type: 'file_search', vector_store_ids: [store] }],
      tool_choice: 'required',
    })
    .finalResponse();
  expect(response.output.map(({ type }) => type)).toEqual(['file_search_call', 'message']);
  expect(response.output_text).toContain('noon');
});

// covers 002/annotation-events
test('citations of a file name a file of the store', async () => {
  await needs('vector-stores');
  const { store, files } = await storeOf('The tide turns at noon.');
  const tool = { type: 'file_search', vector_store_ids: [store] };
  const seen = await using(tool, 'Search the files: when does the tide turn?');
  const cited = seen.events.flatMap(({ type, annotation }) =>
    type === 'response.output_text.annotation.added' ? [annotation as { file_id?: string }] : [],
  );
  if (cited.length === 0) skip('this gateway cites no files', 'not_offered');
  expect(cited.map(({ file_id }) => file_id)).toEqual(cited.map(() => files[0]));
});

test('a store that nobody has is refused before the model is asked', async () => {
  await needs('vector-stores');
  const tool = { type: 'file_search', vector_store_ids: ['vs_gauntlet_unknown'] };
  const seen = await streamResponse({ model, input: 'Hi', tools: [tool] });
  if (seen.status === 200) expect(seen.events.at(-1)?.type).toBe('response.failed');
  else expect([400, 404]).toContain(seen.status);
});

test('the web is searched for an answer', async () => {
  const seen = await using({ type: 'web_search' }, 'Search the web for the tides of today.');
  expect(seen.findings).toEqual([]);
  const phases = typesIn(seen.events).filter((type) => type.startsWith('response.web_search_call.'));
  expect(phases[0]).toBe('response.web_search_call.in_progress');
  expect(phases.at(-1)).toBe('response.web_search_call.completed');
  const response = responseIn(seen.events);
  expect(itemOf(response, 'web_search_call')).toMatchObject({
    status: 'completed',
    action: { type: 'search' },
  });
  expect(itemOf(response, 'message')).toBeDefined();
});

/** The MCP server of the scripted provider, as the gateway reaches it. */
const mcpServer = () => (driver() === 'compose' ? 'http://provider:9100' : service('provider').url);

test('the tools of an MCP server are listed and called, with underscores in the names of events', async () => {
  const tool = {
    type: 'mcp',
    server_label: 'desk',
    server_url: `${mcpServer()}/mcp`,
    require_approval: 'never',
  };
  const seen = await using(tool, 'Please use the repeat tool.');
  expect(seen.findings).toEqual([]);
  const types = typesIn(seen.events);
  expect(types).toContain('response.mcp_call_arguments.done');
  expect(types).toContain('response.mcp_call.completed');
  const response = responseIn(seen.events);
  expect(itemOf(response, 'mcp_list_tools')).toMatchObject({
    server_label: 'desk',
    tools: expect.arrayContaining([expect.objectContaining({ name: 'repeat' })]),
  });
  expect(itemOf(response, 'mcp_call')).toMatchObject({ name: 'repeat', server_label: 'desk' });
});
