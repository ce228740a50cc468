import { createHash } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { normalizedName, type Wheel } from './wheel.ts';

/** A simple repository (PEP 503) of the given wheels: `/simple/`, `/simple/<project>/`, `/files/<filename>`. */
export function createIndex(wheels: readonly Wheel[]): FastifyInstance {
  const server = Fastify({ routerOptions: { ignoreTrailingSlash: true } });
  const projects = [...new Set(wheels.map(({ project }) => project))].sort();

  server.get('/health', async () => ({ status: 'ok', projects: projects.length, files: wheels.length }));
  server.get('/simple', async (_request, reply) =>
    reply.type('text/html; charset=utf-8').send(page(projects.map((name) => [`/simple/${name}/`, name]))),
  );
  server.get<{ Params: { project: string } }>('/simple/:project', async ({ params }, reply) => {
    const name = normalizedName(params.project);
    const files = wheels.filter(({ project }) => project === name);
    if (files.length === 0) return reply.code(404).send({ message: `no project ${name}` });
    return reply
      .type('text/html; charset=utf-8')
      .send(page(files.map((wheel) => [linkTo(wheel), wheel.filename])));
  });
  server.get<{ Params: { filename: string } }>('/files/:filename', async ({ params }, reply) => {
    const wheel = wheels.find(({ filename }) => filename === params.filename);
    if (wheel === undefined) return reply.code(404).send({ message: `no file ${params.filename}` });
    return reply.type('application/octet-stream').send(wheel.data);
  });
  return server;
}

function linkTo({ filename, data }: Wheel): string {
  return `/files/${encodeURIComponent(filename)}#sha256=${createHash('sha256').update(data).digest('hex')}`;
}

function page(links: readonly (readonly [href: string, text: string])[]): string {
  const anchors = links.map(([href, text]) => `    <a href="${href}">${text}</a><br>`).join('\n');
  return `<!DOCTYPE html>\n<html>\n  <head><title>Simple index</title></head>\n  <body>\n${anchors}\n  </body>\n</html>\n`;
}
