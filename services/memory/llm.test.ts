import { createServer } from 'node:http';
import { expect, test } from '@jest/globals';
import { askLlm } from './llm.ts';

test('a redirect of the model API is a failure, and is not followed', async () => {
  const asked: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url);
    response.writeHead(307, { location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const settings = { baseUrl: `http://127.0.0.1:${port}`, apiKey: 'sk-1', model: 'm', timeoutMs: 5_000 };
  await expect(askLlm(settings, 'Hi', new AbortController().signal)).rejects.toThrow('status 307');
  expect(asked).toEqual(['/chat/completions']);
  server.close();
});
