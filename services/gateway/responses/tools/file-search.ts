import type { Search } from '../../vector-stores/search.ts';
import { argumentsOf, type HostedTool } from './hosted-tool.ts';

export interface FileSearchTool {
  readonly vector_store_ids: readonly string[];
  readonly max_num_results?: number | null;
  readonly ranking_options?: { readonly score_threshold?: number | null } | null;
  readonly filters?: unknown;
}

const description =
  'Searches the files of the user. Returns the passages that fit the query best. Name the file_id of a passage to cite it.';

/** `file_search` over vector stores. Results are part of the item only where the client asked for them. */
export function fileSearch(search: Search, options: FileSearchTool, showResults: boolean): HostedTool {
  return {
    tool: {
      type: 'function',
      function: {
        name: 'file_search',
        description,
        parameters: { type: 'object', properties: { query: { type: 'string' } }, required: ['query'] },
      },
    },
    async *run(call, out, signal) {
      const { query } = argumentsOf(call);
      const text = typeof query === 'string' && query.trim() !== '' ? query : call.arguments;
      const id = out.newId('fs');
      const item = { id, type: 'file_search_call', queries: [text] };
      const index = out.add({ ...item, status: 'in_progress', results: null });
      const place = { item_id: id, output_index: index };
      out.emit('response.file_search_call.in_progress', place);
      out.emit('response.file_search_call.searching', place);
      yield;
      try {
        const found = await search(
          {
            stores: options.vector_store_ids,
            query: text,
            maxResults: options.max_num_results ?? 10,
            minScore: options.ranking_options?.score_threshold ?? 0,
            filters: options.filters,
          },
          signal,
        );
        for (const { file_id, filename } of found) out.foundFiles.set(file_id, filename);
        out.emit('response.file_search_call.completed', place);
        out.done(index, { ...item, status: 'completed', results: showResults ? found : null });
        return JSON.stringify({ results: found });
      } catch {
        signal.throwIfAborted();
        out.done(index, { ...item, status: 'failed', results: null });
        return 'The search failed.';
      }
    },
  };
}
