interface Tool {
  readonly type: string;
}

/**
 * Tools as they may be stored and told: of an MCP server neither what a client gave for it to be let in, nor what its
 * address carries of that (API reference, "Create a model response": `authorization` and `headers` are never told again).
 * The gateway itself needs none of it, as it asks the operator's servers alone.
 */
export function withoutCredentials<T extends Tool>(tools: readonly T[]): T[] {
  return tools.map((tool) => {
    if (tool.type !== 'mcp') return tool;
    const { authorization: _key, headers: _headers, server_url: address, ...rest } = tool as T & Credentials;
    return { ...rest, ...(typeof address === 'string' ? { server_url: bare(address) } : {}) } as unknown as T;
  });
}

interface Credentials {
  readonly authorization?: unknown;
  readonly headers?: unknown;
  readonly server_url?: unknown;
}

function bare(address: string): string {
  const url = URL.parse(address);
  if (url === null) return '';
  Object.assign(url, { username: '', password: '', search: '', hash: '' });
  return url.href;
}
