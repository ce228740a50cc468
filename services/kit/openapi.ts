import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

export interface ApiDescription {
  readonly title: string;
  readonly description: string;
  readonly version: string;
}

/** Serves `/openapi.json`, generated from the route schemas, and `/docs`. Call it before adding routes. */
export async function addApiDocs(app: FastifyInstance, info: ApiDescription): Promise<void> {
  await app.register(swagger, { openapi: { openapi: '3.1.0', info } });
  await app.register(swaggerUi, { routePrefix: '/docs' });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
