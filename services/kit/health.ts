import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';

/** Adds `GET /health`, which answers 200 with what `body` returns: this process lives, no more. */
export function addHealth(app: FastifyInstance, body: () => Readonly<Record<string, unknown>>): void {
  const schema = {
    summary: 'Liveness',
    response: { 200: Type.Object({ status: Type.String() }, { additionalProperties: true }) },
  };
  app.get('/health', { schema }, () => body());
}
