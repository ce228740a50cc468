/** The practical limit of a proxy on Node: WORKERS processes on PORT that pass everything on to UPSTREAM and look at nothing. */
import cluster from 'node:cluster';
import { Agent, createServer, request } from 'node:http';
import { pipeline } from 'node:stream';

if (cluster.isPrimary) {
  for (let worker = 0; worker < Number(process.env.WORKERS ?? 2); worker += 1) cluster.fork();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0));
} else {
  process.on('disconnect', () => process.exit(0));
  const upstream = new URL(process.env.UPSTREAM ?? '');
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const forwarded = request(
      {
        agent,
        host: upstream.hostname,
        port: upstream.port,
        path: incoming.url,
        method: incoming.method,
        headers,
      },
      (answer) => {
        const {
          connection: _theirs,
          'keep-alive': _idle,
          'transfer-encoding': _coding,
          ...passed
        } = answer.headers;
        outgoing.writeHead(answer.statusCode ?? 502, passed);
        pipeline(answer, outgoing, () => undefined);
      },
    );
    pipeline(incoming, forwarded, (error) => {
      if (error) outgoing.destroy();
    });
    outgoing.on('close', () => {
      if (!outgoing.writableFinished) forwarded.destroy();
    });
  });
  server.keepAliveTimeout = 3_600_000;
  server.listen(Number(process.env.PORT), process.env.HOST ?? '127.0.0.1');
}
