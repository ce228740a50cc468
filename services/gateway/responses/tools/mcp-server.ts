import type { OutputWriter } from '../events/output-writer.ts';
import type { Item } from '../events/response-event.ts';
import type { HostedTool } from './hosted-tool.ts';
import { mcpClient } from './mcp-client.ts';
import type { AskTool } from './tool-http.ts';

export interface McpTool {
  readonly server_label: string;
  readonly allowed_tools?: readonly string[] | { readonly tool_names?: readonly string[] | null } | null;
}

interface ListedTool {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: Readonly<Record<string, unknown>>;
}

/** One MCP server of the operator's. */
export interface McpServer {
  /**
   * Lists the server's tools, unless an earlier turn did, and writes the item of the list. Yields where something may be
   * sent. A server that can't be listed has no tools.
   */
  list(
    past: readonly Item[],
    out: OutputWriter,
    signal: AbortSignal,
  ): AsyncGenerator<void, readonly HostedTool[]>;
}

export function mcpServer(url: string, options: McpTool, ask: AskTool): McpServer {
  const label = options.server_label;
  const allowed = Array.isArray(options.allowed_tools)
    ? (options.allowed_tools as readonly string[])
    : (options.allowed_tools as { readonly tool_names?: readonly string[] | null } | null | undefined)
        ?.tool_names;
  const call = mcpClient(url, ask);
  const hosted = (tool: ListedTool): HostedTool => ({
    tool: {
      type: 'function',
      server: label,
      function: {
        name: tool.name,
        ...(tool.description ? { description: tool.description } : {}),
        parameters: tool.inputSchema ?? { type: 'object', properties: {} },
      },
    },
    async *run({ arguments: args }, out, signal) {
      const id = out.newId('mcp');
      const item = { id, type: 'mcp_call', server_label: label, name: tool.name };
      const index = out.add({ ...item, status: 'in_progress', arguments: '', output: null, error: null });
      const place = { item_id: id, output_index: index };
      out.emit('response.mcp_call.in_progress', place);
      if (args !== '') out.emit('response.mcp_call_arguments.delta', { ...place, delta: args });
      out.emit('response.mcp_call_arguments.done', { ...place, arguments: args });
      yield;
      try {
        const result = await call(
          'tools/call',
          { name: tool.name, arguments: JSON.parse(args || '{}') },
          signal,
        );
        const output = textOf(result.content);
        const failed = result.isError === true;
        out.emit(`response.mcp_call.${failed ? 'failed' : 'completed'}`, place);
        const said = failed ? { output: null, error: output } : { output, error: null };
        out.done(index, { ...item, status: failed ? 'failed' : 'completed', arguments: args, ...said });
        return output;
      } catch (cause) {
        signal.throwIfAborted();
        const error = cause instanceof SyntaxError ? 'the arguments are no JSON' : 'the call failed';
        out.emit('response.mcp_call.failed', place);
        out.done(index, { ...item, status: 'failed', arguments: args, output: null, error });
        return `Error: ${error}`;
      }
    },
  });

  return {
    async *list(past, out, signal) {
      const known = past.findLast(
        (item) => item.type === 'mcp_list_tools' && item.server_label === label && !item.error,
      );
      const chosen = (tools: readonly ListedTool[]) =>
        tools.filter(({ name }) => !allowed || allowed.includes(name)).map(hosted);
      if (known) return chosen((known.tools as readonly ShownTool[]).map(listedTool));
      const id = out.newId('mcpl');
      const item = { id, type: 'mcp_list_tools', server_label: label };
      const index = out.add({ ...item, tools: [] });
      const place = { item_id: id, output_index: index };
      out.emit('response.mcp_list_tools.in_progress', place);
      yield;
      try {
        const { tools } = (await call('tools/list', {}, signal)) as {
          readonly tools?: readonly ListedTool[];
        };
        const listed = (tools ?? []).filter(({ name }) => !allowed || allowed.includes(name));
        out.emit('response.mcp_list_tools.completed', place);
        out.done(index, { ...item, tools: listed.map(shownTool), error: null });
        return chosen(listed);
      } catch {
        signal.throwIfAborted();
        out.emit('response.mcp_list_tools.failed', place);
        out.done(index, { ...item, tools: [], error: 'the tools could not be listed' });
        return [];
      }
    },
  };
}

interface ShownTool {
  readonly name: string;
  readonly description: string | null;
  readonly input_schema: Readonly<Record<string, unknown>>;
}

const shownTool = ({
  name,
  description,
  inputSchema,
}: ListedTool): ShownTool & { readonly annotations: null } => ({
  name,
  description: description ?? null,
  input_schema: inputSchema ?? { type: 'object', properties: {} },
  annotations: null,
});

const listedTool = ({ name, description, input_schema }: ShownTool): ListedTool => ({
  name,
  ...(description === null ? {} : { description }),
  inputSchema: input_schema,
});

const textOf = (content: unknown): string =>
  (Array.isArray(content) ? (content as readonly { readonly text?: unknown }[]) : [])
    .map((part) => (typeof part.text === 'string' ? part.text : JSON.stringify(part)))
    .join('\n');
