import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createdSeconds, type ModelApi, modelApis, refusalOf } from './model-api.ts';

/** Headers of the provider's answer that say what it is. */
const passedHeaders = ['content-type', 'cache-control', 'retry-after'];

/**
 * The OpenAI-compatible API of each double: who asks needs its key, and for its model. What the model says is asked of the
 * scripted provider, so that directives count here as well, and its journal shows the key that came.
 */
export function modelApiRoutes(server: FastifyInstance, providerUrl: string): void {
  for (const api of modelApis) {
    const base = `/${api.name}${api.path}`;
    if (!isModelServer(api)) {
      server.get(`${base}/models`, async ({ headers }, reply) => {
        const refusal = refusalOf(api, headers.authorization);
        if (refusal) return reply.code(401).send(refusal);
        const model = { id: api.model, object: 'model', created: createdSeconds, owned_by: api.name };
        return { object: 'list', data: [model] };
      });
    }
    server.post(`${base}/chat/completions`, async (request, reply) => {
      const refusal = refusalOf(api, request.headers.authorization);
      if (refusal) return reply.code(401).send(refusal);
      const { model } = (request.body ?? {}) as { readonly model?: unknown };
      if (model !== api.model && !api.answersToAll) return reply.code(404).send(missing(String(model)));
      return pass(request, reply, `${providerUrl}/v1/chat/completions`);
    });
  }
}

/** Lists of model servers have details of their own. */
const isModelServer = ({ name }: ModelApi): boolean => ['vllm', 'lmstudio', 'llamacpp'].includes(name);

const missing = (model: string) => ({
  error: {
    message: `The model \`${model}\` does not exist.`,
    type: 'invalid_request_error',
    param: 'model',
    code: 'model_not_found',
  },
});

/** Passes a request on and its answer back as it comes; ends it when the client goes. */
async function pass(request: FastifyRequest, reply: FastifyReply, url: string): Promise<FastifyReply> {
  const left = new AbortController();
  reply.raw.once('close', () => left.abort());
  const { authorization } = request.headers;
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
    body: JSON.stringify(request.body),
    signal: left.signal,
  });
  reply.code(answer.status).header('x-request-id', `req-${request.id}`);
  for (const name of passedHeaders) {
    const value = answer.headers.get(name);
    if (value !== null) reply.header(name, value);
  }
  if (!answer.body) return reply.send();
  const body = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>);
  // A provider that breaks off has to look here as it looks there.
  body.once('error', () => reply.raw.destroy());
  return reply.send(body);
}
