"""One tool over MCP, as the SDK offers it: streamable HTTP with sessions, which is its default."""

from mcp.server.mcpserver import MCPServer

server = MCPServer("calculator")


@server.tool()
def add(a: int, b: int) -> int:
    return a + b


# Whole answers instead of event streams, and any name for this host: neither has to do with sessions.
app = server.streamable_http_app(json_response=True, host="0.0.0.0")
