import cluster from 'node:cluster';
import { createServer } from 'node:http';

/**
 * A subject for the test of the scope: node:cluster with WORKERS workers on PORT, each of which answers
 * everything with its pid, in the shape that the path asks for. The primary respawns dead workers.
 */
const pid = String(process.pid);
const answers: Readonly<Record<string, unknown>> = {
  '/v1/chat/completions': {
    id: 'c1',
    object: 'chat.completion',
    created: 0,
    model: 'pid',
    choices: [
      { index: 0, message: { role: 'assistant', content: pid }, finish_reason: 'stop', logprobs: null },
    ],
  },
  '/v1/messages': {
    id: 'm1',
    type: 'message',
    role: 'assistant',
    model: 'pid',
    content: [{ type: 'text', text: pid }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 1, output_tokens: 1 },
  },
};

if (cluster.isPrimary) {
  for (let n = 0; n < Number(process.env.WORKERS); n += 1) cluster.fork();
  cluster.on('exit', () => cluster.fork());
  // Ends with whoever started it, however that ends.
  process.stdin.on('end', () => process.exit()).resume();
} else {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers[request.url ?? ''] ?? { pid: process.pid }));
    });
  });
  // The echo of an upgraded connection: bytes in both directions, ended by the client's half-close.
  server.on('upgrade', (_request, socket, head) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n');
    socket.write(head);
    socket.on('error', () => socket.destroy()).pipe(socket);
  });
  server.listen(Number(process.env.PORT), '127.0.0.1');
}
