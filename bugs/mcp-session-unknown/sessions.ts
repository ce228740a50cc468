import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  notDone,
  type Workload,
} from '../../harness/workloads/workload.ts';

const path = '/mcp';
const protocolVersion = '2025-06-18';
const key = 'sessions';

/**
 * Sessions of an MCP server over streamable HTTP: what one worker opened is used and closed through any. The sessions
 * are a set; `ask` calls a tool in every one that has been opened, and lists those that answer.
 */
export default {
  name: 'mcp-sessions',
  service: 'memory',
  summary: 'MCP sessions opened, used and closed',
  shape: ({ workers }) => ({
    name: 'mcp-sessions',
    service: 'memory',
    clients: 3,
    workers: { memory: workers.memory ?? 1 },
    operations: [
      { name: 'open', weight: 2, keys: [key] },
      { name: 'ask', weight: 2, keys: [key] },
      { name: 'close', keys: [key] },
    ],
  }),
  checks: () => [
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'convergence' },
  ],
  lastReads: { [key]: 'ask' },
  prepare: async () => {
    /** Ids that the server gave, by the operation that opened them. */
    const ids = new Map<string, string>();
    /** The session that an operation closes: the oldest one that nobody is closing. */
    const closing = new Map<string, string | undefined>();
    return {
      meaning: ({ id, name }) => {
        if (name === 'open') return { does: 'add', value: id };
        if (name === 'ask') return { does: 'list' };
        const open = [...ids.keys()].find((each) => ![...closing.values()].includes(each));
        closing.set(id, open);
        return { does: 'remove', value: open ?? `none-${id}` };
      },
      perform: async ({ id, name }, client) => {
        if (name === 'open') return open(client, (session) => ids.set(id, session));
        if (name === 'ask') return ask(client, ids);
        const session = ids.get(closing.get(id) ?? '');
        if (session === undefined) throw notDone('no session is open');
        return completionOf(await client.request({ path, method: 'DELETE', headers: headersOf(session) }));
      },
    };
  },
} satisfies Workload;

async function open(client: Client, opened: (session: string) => void): Promise<Completion> {
  const params = { protocolVersion, capabilities: {}, clientInfo: { name: 'gauntlet', version: '1' } };
  const answer = await call(client, 'initialize', params);
  const session = answer.headers['mcp-session-id'];
  if (answer.status === 200 && typeof session === 'string') {
    const method = 'notifications/initialized';
    const told = await client.request({
      path,
      body: { jsonrpc: '2.0', method },
      headers: headersOf(session),
    });
    // A session that its own worker has not let begin is no evidence about the others.
    if (told.status !== 202) return { type: 'unknown', error: `${told.status} ${told.text.slice(0, 120)}` };
    opened(session);
  }
  return completionOf(answer);
}

/** A session that answers is there, one that is "not found" is not; anything else tells nothing. */
async function ask(client: Client, ids: ReadonlyMap<string, string>): Promise<Completion> {
  const there: string[] = [];
  for (const [id, session] of [...ids]) {
    const answer = await call(client, 'tools/call', { name: 'add', arguments: { a: 2, b: 3 } }, session);
    if (answer.status === 200) there.push(id);
    else if (answer.status !== 404) return completionOf(answer);
  }
  return { type: 'ok', value: there };
}

let asked = 0;

/**
 * A request of JSON-RPC, whose id no other one of its session may have. Source: Model Context Protocol 2025-06-18,
 * "Streamable HTTP" and "Requests".
 */
function call(client: Client, method: string, params: object, session?: string): Promise<Answer> {
  asked += 1;
  const body = { jsonrpc: '2.0', id: asked, method, params };
  return client.request({ path, body, headers: headersOf(session) });
}

function headersOf(session: string | undefined): Record<string, string> {
  const accept = 'application/json, text/event-stream';
  return session === undefined
    ? { accept }
    : { accept, 'mcp-session-id': session, 'mcp-protocol-version': protocolVersion };
}
