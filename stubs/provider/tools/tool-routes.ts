import type { FastifyInstance } from 'fastify';
import { parseBody } from '../request-body.ts';

interface Call {
  readonly id?: unknown;
  readonly method?: unknown;
  readonly params?: { readonly name?: unknown; readonly arguments?: { readonly text?: unknown } };
}

const protocolVersion = '2025-06-18';
const text = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
const tools = [
  { name: 'repeat', description: 'Says the text again.', inputSchema: text },
  { name: 'fail', description: 'Fails whatever it is asked.', inputSchema: { type: 'object' } },
];

/**
 * Tools that a gateway runs for its clients: `POST /mcp` is an MCP server (streamable HTTP, answers as JSON), and
 * `/web-search` finds the same three pages for the same words, asked as SearXNG is (`GET ?q=`) or with `{query}`.
 */
export function toolRoutes(server: FastifyInstance): void {
  server.post('/mcp', async (request, reply) => {
    const { id, method, params } = parseBody(request.body as Buffer) as Call;
    if (id === undefined) return reply.code(202).send();
    const answer = resultOf(String(method), params);
    const error = { code: -32_601, message: `there is no method ${String(method)}` };
    return { jsonrpc: '2.0', id, ...(answer === undefined ? { error } : { result: answer }) };
  });

  server.get<{ Querystring: { readonly q?: string } }>('/web-search', async ({ query: { q = '' } }) =>
    pagesAbout(q),
  );
  server.post('/web-search', async (request) => {
    const { query } = parseBody(request.body as Buffer) as { readonly query?: unknown };
    return pagesAbout(String(query));
  });
}

function pagesAbout(query: string): object {
  const results = [1, 2, 3].map((place) => {
    const text = `What page ${place} says about ${query}.`;
    const url = `https://example.org/${encodeURIComponent(query)}/${place}`;
    return { url, title: `Page ${place} about ${query}`, content: text, snippet: text };
  });
  return { query, results };
}

function resultOf(method: string, params: Call['params']): object | undefined {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'scripted', version: '1.0.0' },
      };
    case 'ping':
      return {};
    case 'tools/list':
      return { tools };
    case 'tools/call': {
      const isError = params?.name !== 'repeat';
      const said = isError ? `${String(params?.name)} failed` : String(params?.arguments?.text ?? '');
      return { content: [{ type: 'text', text: said }], isError };
    }
    default:
      return undefined;
  }
}
