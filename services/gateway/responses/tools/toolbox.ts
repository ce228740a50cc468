import type { Search } from '../../vector-stores/search.ts';
import { vectorStoreNotFound } from '../../vector-stores/vector-store-routes.ts';
import type { VectorStores } from '../../vector-stores/vector-store-store.ts';
import { type ChatTool, functionsOf } from '../chat/chat-request.ts';
import { invalidRequest } from '../request/check.ts';
import type { Fields } from '../request/read-request.ts';
import { type FileSearchTool, fileSearch } from './file-search.ts';
import type { HostedTool } from './hosted-tool.ts';
import { type McpServer, type McpTool, mcpServer } from './mcp-server.ts';
import type { AskTool } from './tool-http.ts';
import { webSearch } from './web-search.ts';

/** What tools that the gateway runs need. */
export interface ToolServices {
  readonly stores: Pick<VectorStores, 'find'>;
  readonly search: Search;
  readonly webSearchUrl: string | undefined;
  /** Addresses by `server_label`: the operator's, as no client may send the gateway to an address of its own. */
  readonly mcpServers: ReadonlyMap<string, string>;
  readonly ask: AskTool;
}

/** The tools of one response. */
export interface Toolbox {
  /** Functions of the client. */
  readonly functions: readonly ChatTool[];
  readonly hosted: readonly HostedTool[];
  /** Still to be listed. */
  readonly servers: readonly McpServer[];
}

/** Throws 400 for a tool that is not configured here or whose name is taken, 404 for a store the tenant does not have. */
export async function openToolbox(services: ToolServices, fields: Fields, tenant: string): Promise<Toolbox> {
  const functions = functionsOf(fields.tools);
  const hosted: HostedTool[] = [];
  const servers: McpServer[] = [];
  for (const [index, tool] of (fields.tools ?? []).entries()) {
    if (tool.type === 'file_search') {
      const options = tool as unknown as FileSearchTool;
      for (const id of options.vector_store_ids) {
        if (!(await services.stores.find(tenant, id))) throw vectorStoreNotFound(id);
      }
      const showResults = fields.include?.includes('file_search_call.results') === true;
      hosted.push(fileSearch(services.search, options, showResults));
    } else if (tool.type.startsWith('web_search')) {
      if (services.webSearchUrl === undefined) throw notConfigured(`tools[${index}]`, 'Web search');
      hosted.push(webSearch(services.webSearchUrl, services.ask));
    } else if (tool.type === 'mcp') {
      const options = tool as unknown as McpTool;
      const url = services.mcpServers.get(options.server_label);
      if (url === undefined)
        throw notConfigured(`tools[${index}]`, `The MCP server '${options.server_label}'`);
      servers.push(mcpServer(url, options, services.ask));
    }
  }
  const names = [...functions, ...hosted.map(({ tool }) => tool)].map((tool) => tool.function.name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw invalidRequest(`Two tools have the name '${twice}'.`, 'invalid_value', 'tools');
  }
  return { functions, hosted, servers };
}

const notConfigured = (path: string, what: string) =>
  invalidRequest(`${what} is not configured here.`, 'tool_not_configured', path);
