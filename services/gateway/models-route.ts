import { Type } from 'typebox';
import type { TypedServer } from '../kit/server.ts';
import { modelNotFound } from './chat/chat-route.ts';
import type { Competitor } from './competitors.ts';

/** When the list of competitors was fixed (2026-01-01): the same on every call, worker and start. */
const CREATED_S = 1_767_225_600;

const Model = Type.Object({
  id: Type.String(),
  object: Type.Literal('model'),
  created: Type.Integer({ description: 'Seconds since 1970' }),
  owned_by: Type.String(),
});

/** GET /v1/models and /v1/models/:id: the competitors, as models of the OpenAI API. */
export function addModelRoutes(app: TypedServer, competitors: readonly Competitor[]): void {
  const models = competitors.map(({ id }, index) => ({
    id,
    object: 'model' as const,
    created: CREATED_S,
    owned_by: index === 0 ? 'janus' : 'competitor',
  }));
  const list = {
    summary: 'List models',
    tags: ['models'],
    response: { 200: Type.Object({ object: Type.Literal('list'), data: Type.Array(Model) }) },
  };
  app.get('/v1/models', { schema: list }, async () => ({ object: 'list' as const, data: models }));

  const one = {
    summary: 'Retrieve a model',
    tags: ['models'],
    params: Type.Object({ id: Type.String() }),
    response: { 200: Model },
  };
  app.get('/v1/models/:id', { schema: one }, async (request) => {
    const model = models.find(({ id }) => id === request.params.id);
    if (model === undefined) throw modelNotFound(request.params.id, 'model');
    return model;
  });
}
