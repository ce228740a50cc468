import { argumentsOf, type HostedTool } from './hosted-tool.ts';
import type { AskTool } from './tool-http.ts';

const maxResults = 8;

interface Page {
  readonly url?: unknown;
  readonly title?: unknown;
  readonly snippet?: unknown;
}

/** `web_search`: an endpoint of the operator's takes `{query}` and answers `{results: [{title, url, snippet}]}`. */
export function webSearch(endpoint: string, ask: AskTool): HostedTool {
  return {
    tool: {
      type: 'function',
      function: {
        name: 'web_search',
        description: 'Searches the web.',
        parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
      },
    },
    async *run(call, out, signal) {
      const { query } = argumentsOf(call);
      const text = typeof query === 'string' ? query : call.arguments;
      const id = out.newId('ws');
      const item = { id, type: 'web_search_call', action: { type: 'search', query: text } };
      const index = out.add({ ...item, status: 'in_progress' });
      const place = { item_id: id, output_index: index };
      out.emit('response.web_search_call.in_progress', place);
      out.emit('response.web_search_call.searching', place);
      yield;
      try {
        const { results } = JSON.parse((await ask(endpoint, { signal, body: { query: text } })).text) as {
          readonly results: readonly Page[];
        };
        const pages = results
          .slice(0, maxResults)
          .map(({ url, title, snippet }) => ({ url, title, snippet }));
        out.emit('response.web_search_call.completed', place);
        out.done(index, { ...item, status: 'completed' });
        return JSON.stringify({ results: pages });
      } catch {
        signal.throwIfAborted();
        out.done(index, { ...item, status: 'failed' });
        return 'The search failed.';
      }
    },
  };
}
