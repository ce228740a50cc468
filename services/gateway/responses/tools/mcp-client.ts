import { createParser } from 'eventsource-parser';
import type { AskTool } from './tool-http.ts';

const protocolVersion = '2025-06-18';

export type McpResult = Readonly<Record<string, unknown>>;

/** Calls methods of one MCP server; throws when there is no result. */
export type McpClient = (method: string, params: object, signal: AbortSignal) => Promise<McpResult>;

/**
 * A client for one response (Model Context Protocol, "Streamable HTTP"): it introduces itself before the first call, and
 * keeps the session if the server gives it one.
 */
export function mcpClient(url: string, ask: AskTool): McpClient {
  const accept = 'application/json, text/event-stream';
  let headers: Record<string, string> = { accept, 'mcp-protocol-version': protocolVersion };
  let introduced: Promise<void> | undefined;
  let nextId = 1;

  const post = async (method: string, params: object, signal: AbortSignal): Promise<McpResult> => {
    const answer = await ask(url, {
      signal,
      headers,
      body: { jsonrpc: '2.0', id: nextId++, method, params },
    });
    const session = answer.headers['mcp-session-id'];
    if (typeof session === 'string') headers = { ...headers, 'mcp-session-id': session };
    const isStream = String(answer.headers['content-type']).startsWith('text/event-stream');
    const { result, error } = JSON.parse(isStream ? lastEventOf(answer.text) : answer.text) as {
      readonly result?: McpResult;
      readonly error?: { readonly message?: string };
    };
    if (result === undefined) throw new Error(error?.message ?? 'the server gave no result');
    return result;
  };
  const introduce = async (signal: AbortSignal): Promise<void> => {
    const clientInfo = { name: 'gauntlet-gateway', version: '0.1.0' };
    await post('initialize', { protocolVersion, capabilities: {}, clientInfo }, signal);
    await ask(url, { signal, headers, body: { jsonrpc: '2.0', method: 'notifications/initialized' } });
  };

  return async (method, params, signal) => {
    introduced ??= introduce(signal);
    await introduced;
    return post(method, params, signal);
  };
}

/** A server may tell of its progress before the answer, which comes last. */
function lastEventOf(text: string): string {
  let last = '';
  const parser = createParser({
    onEvent: ({ data }) => {
      last = data;
    },
  });
  parser.feed(`${text}\n\n`);
  return last;
}
