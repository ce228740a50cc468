import { argumentsOf, type HostedTool } from './hosted-tool.ts';
import type { PostJson } from './post-json.ts';

/** `web_search`: an HTTP endpoint of the operator's takes `{query}` and answers `{results: [{title, url, snippet}]}`. */
export function webSearch(url: string, postJson: PostJson): HostedTool {
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
        const answer = await postJson(url, { query: text }, signal);
        out.emit('response.web_search_call.completed', place);
        out.done(index, { ...item, status: 'completed' });
        return JSON.stringify(answer);
      } catch {
        signal.throwIfAborted();
        out.done(index, { ...item, status: 'failed' });
        return 'The search failed.';
      }
    },
  };
}
