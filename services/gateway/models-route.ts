import { Type } from 'typebox';
import type { TypedServer } from '../kit/server.ts';
import type { Gateway } from './gateway.ts';
import { type Target, targetOf } from './model/target.ts';
import {
  anthropicModel,
  anthropicPage,
  codexModel,
  modelShapeOf,
  type OfferedModel,
  openaiModel,
} from './models-list.ts';

const Model = Type.Object({
  id: Type.String(),
  object: Type.Literal('model'),
  created: Type.Integer({ description: 'Seconds since 1970' }),
  owned_by: Type.String(),
});
const AnthropicModel = Type.Object({
  type: Type.Literal('model'),
  id: Type.String(),
  display_name: Type.String(),
  created_at: Type.String(),
});

const ListQuery = Type.Object({
  client_version: Type.Optional(Type.String()),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000 })),
  after_id: Type.Optional(Type.String()),
  before_id: Type.Optional(Type.String()),
});

/**
 * GET /v1/models and /v1/models/:id: agents and models of providers, in the words of the API that the caller speaks,
 * see {@link modelShapeOf}.
 */
export function addModelRoutes(app: TypedServer, { settings, targets }: Gateway): void {
  const ownerOf = (target: Target) =>
    target.kind === 'provider'
      ? (target.providers[0]?.id ?? 'provider')
      : target.agent === settings.competitors[0]
        ? 'janus'
        : 'competitor';
  const offered = (target: Target): OfferedModel => ({ id: target.model, ownedBy: ownerOf(target) });
  const models = [...targets.values()].map(offered);

  const list = {
    summary: 'List models',
    description:
      'In the shape of the OpenAI API; of the Anthropic API with an `anthropic-version` header or the user agent ' +
      '`claude-cli`; of the Codex catalogue with `client_version`.',
    tags: ['models'],
    querystring: ListQuery,
    response: {
      200: Type.Union([
        Type.Object({ object: Type.Literal('list'), data: Type.Array(Model) }),
        Type.Object({
          data: Type.Array(AnthropicModel),
          has_more: Type.Boolean(),
          first_id: Type.String(),
          last_id: Type.String(),
        }),
        Type.Object({ models: Type.Array(Type.Object({ slug: Type.String() })) }),
      ]),
    },
  };
  app.get('/v1/models', { schema: list }, async ({ headers, query }, reply) => {
    reply.header('vary', 'origin, anthropic-version, user-agent');
    const shape = modelShapeOf({ headers, query });
    if (shape === 'codex') return { models: models.map(codexModel) };
    if (shape === 'anthropic') return anthropicPage(models, query);
    if (shape === 'claude-cli') return { object: 'list' as const, ...anthropicPage(models, query) };
    return { object: 'list' as const, data: models.map(openaiModel) };
  });

  const one = {
    summary: 'Retrieve a model',
    tags: ['models'],
    response: { 200: Type.Union([Model, AnthropicModel]), 404: Type.Unknown() },
  };
  // A wildcard, as the names of many models have slashes.
  app.get('/v1/models/*', { schema: one }, async (request, reply) => {
    const { headers, params } = request;
    const { '*': id } = params as { readonly '*': string };
    reply.header('vary', 'origin, anthropic-version, user-agent');
    const isOpenai = modelShapeOf({ headers, query: {} }) === 'openai';
    if (isOpenai || targets.has(id)) {
      const model = offered(targetOf(targets, id));
      return isOpenai ? openaiModel(model) : anthropicModel(model);
    }
    const error = { type: 'not_found_error', message: `model: ${id}` };
    return reply.code(404).send({ type: 'error', error, request_id: request.id });
  });
}
