import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createdSeconds, type ModelApi, modelApis, refusalOf } from './model-api.ts';

const contextTokens = 4_096;

/** What vLLM, LM Studio and the server of llama.cpp tell of themselves and of their models, each in its own words. */
export function modelServerRoutes(server: FastifyInstance): void {
  const route = (name: string, path: string, tell: (api: ModelApi) => object | string) => {
    const api = modelApis.find((each) => each.name === name) as ModelApi;
    server.get(`/${name}${path}`, async ({ headers }, reply) => {
      const refusal = refusalOf(api, headers.authorization);
      return refusal ? reply.code(401).send(refusal) : reply.send(tell(api));
    });
  };

  route('vllm', '/health', () => '');
  route('vllm', '/version', () => ({ version: '0.11.0' }));
  route('vllm', '/v1/models', ({ model }) => ({
    object: 'list',
    data: [{ ...listed(model, 'vllm'), root: model, parent: null, max_model_len: contextTokens }],
  }));

  route('lmstudio', '/v1/models', ({ model }) => ({
    object: 'list',
    data: [listed(model, 'organization_owner')],
  }));
  route('lmstudio', '/api/v0/models', ({ model }) => ({
    object: 'list',
    data: [
      {
        id: model,
        object: 'model',
        type: 'llm',
        publisher: 'gauntlet',
        arch: 'llama',
        compatibility_type: 'gguf',
        quantization: 'F32',
        state: 'loaded',
        max_context_length: contextTokens,
      },
    ],
  }));
  // It answers what it does not know with 200: clients that look at the status alone take that for success.
  const unexpected = ({ method, url }: FastifyRequest, reply: FastifyReply) =>
    reply.send({ error: `Unexpected endpoint or method. (${method} ${url.replace('/lmstudio', '')})` });
  server.all('/lmstudio/*', async (request, reply) => unexpected(request, reply));

  server.get('/llamacpp/health', async () => ({ status: 'ok' }));
  route('llamacpp', '/props', () => ({
    default_generation_settings: { n_ctx: contextTokens },
    total_slots: 4,
    model_path: 'models/tiny.gguf',
    build_info: 'b7000-double',
  }));
  route('llamacpp', '/v1/models', ({ model }) => ({
    object: 'list',
    models: [{ name: model, model, type: 'model', details: { format: 'gguf' } }],
    data: [{ ...listed(model, 'llamacpp'), meta: { n_ctx_train: contextTokens, n_vocab: 256 } }],
  }));
}

const listed = (id: string, owner: string) => ({
  id,
  object: 'model',
  created: createdSeconds,
  owned_by: owner,
});
