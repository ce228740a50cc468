import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import fastify from 'fastify';
import { type ChatRequest, deltasOf, eventsOf, operationIn } from './chat-stream.ts';
import type { Ask } from './cluster.ts';

/** What the routes do; where a bug sits, its own version of one of these has it. */
export interface GatewayConduct {
  /** Keeps which operation a debugged request was. */
  keepRecord(id: string, op: string): Promise<void>;
  recordOf(id: string): Promise<string | undefined>;
  /** Ends the call upstream; default: when the client has hung up. */
  upstreamSignal?(response: ServerResponse): AbortSignal | undefined;
  /** What a client is told when the stream upstream ended without its end; default: an error, and no end. */
  brokenEnd?(): readonly string[];
  /** Puts an answer together that is asked for whole. */
  collect?(parts: AsyncIterable<string>): Promise<string>;
}

const error = (message: string) => ({
  error: { message, type: 'upstream_error', param: null, code: 'upstream_failed' },
});

/** The routes of the gateway on one worker: chats and streams of the baselines, and records of debugged requests. */
export async function serveGateway(conduct: GatewayConduct): Promise<void> {
  const {
    upstreamSignal = hangUp,
    brokenEnd = () => [`data: ${JSON.stringify(error('The stream upstream broke off.'))}\n\n`],
    collect = joined,
  } = conduct;
  const app = fastify();
  app.get('/health', async () => ({ status: 'healthy' }));
  app.post('/v1/chat/completions', async (request, reply) => {
    const body = request.body as ChatRequest;
    if (body.debug) await conduct.keepRecord(String(request.headers['x-request-id']), operationIn(body));
    const signal = upstreamSignal(reply.raw);
    const upstream = await fetch(`${upstreamOf(body.model)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...body, stream: true }),
      ...(signal ? { signal } : {}),
    }).catch(() => undefined);
    if (!upstream?.ok || !upstream.body) return reply.code(502).send(error('The baseline did not answer.'));
    if (!body.stream) {
      const whole = collect(deltasOf(eventsOf(upstream.body)));
      const content = await whole.catch(() => undefined);
      if (content === undefined) return reply.code(502).send(error('The baseline did not end its answer.'));
      const message = { role: 'assistant', content };
      return {
        object: 'chat.completion',
        model: body.model,
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      };
    }
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    let isWhole = false;
    try {
      for await (const event of eventsOf(upstream.body)) {
        if (event.startsWith('{"error"')) break;
        isWhole = event === '[DONE]';
        if (!reply.raw.write(`data: ${event}\n\n`))
          await Promise.race([once(reply.raw, 'drain'), once(reply.raw, 'close')]);
      }
    } catch {
      // Told below, as any end that is none.
    }
    if (!isWhole) for (const frame of brokenEnd()) reply.raw.write(frame);
    reply.raw.end();
  });
  app.get('/v1/debug/stream/:id', async (request, reply) => {
    const op = await conduct.recordOf((request.params as { id: string }).id);
    if (op === undefined) return reply.code(404).send(error('No such request.'));
    const event = JSON.stringify({ type: 'request', data: { op } });
    return reply.type('text/event-stream').send(`data: ${event}\n\n`);
  });
  await app.listen({ port: Number(process.env.PORT ?? 8000), host: process.env.HOST ?? '127.0.0.1' });
}

/** Records of debugged requests, for the primary: what a database would hold. */
export function gatewayRecords() {
  const records = new Map<string, string>();
  return {
    keepRecord: (id: string, op: string) => void records.set(id, op),
    recordOf: (id: string) => records.get(id),
  };
}

export const sharedRecords = (ask: Ask): Pick<GatewayConduct, 'keepRecord' | 'recordOf'> => ({
  keepRecord: (id, op) => ask('keepRecord', id, op),
  recordOf: (id) => ask('recordOf', id),
});

const upstreamOf = (model: string): string | undefined =>
  model.includes('langchain') ? process.env.BASELINE_LANGCHAIN_URL : process.env.BASELINE_CLI_URL;

function hangUp(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  return gone.signal;
}

async function joined(parts: AsyncIterable<string>): Promise<string> {
  let all = '';
  for await (const part of parts) all += part;
  return all;
}
