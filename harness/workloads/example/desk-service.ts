import { createServer } from 'node:http';
import { setTimeout as think } from 'node:timers/promises';

/** Requests that a visitor may have at once, and how many more per second. */
export const bucket = { capacity: 3, refillPerSecond: 2 } as const;

/**
 * A desk over HTTP: `POST /jobs/Q` puts jobs in, `POST /jobs/Q/take` takes all there are, `POST /leases/L` with a name takes or renews a
 * lease and `DELETE` gives it back, `POST /visits/V` lets a visitor in while there are tokens. A careless one looks, thinks, and
 * then acts on what it had seen.
 */
export function startDesk(port: number, isCareless = process.env.DESK_CARELESS === '1') {
  const queues = new Map<string, string[]>();
  const holders = new Map<string, string>();
  const tokens = new Map<string, { count: number; at: number }>();
  const hesitate = async () => void (isCareless && (await think(3)));

  async function answerTo(method: string, path: string, body: string): Promise<readonly [number, unknown]> {
    const [, room, name = '', verb] = path.split('/');
    if (room === 'jobs' && verb === 'take') {
      const jobs = queues.get(name) ?? [];
      await hesitate();
      queues.set(name, []);
      return [200, jobs];
    }
    if (room === 'jobs') {
      queues.set(name, [...(queues.get(name) ?? []), ...(JSON.parse(body) as string[])]);
      return [201, null];
    }
    const who = body === '' ? '' : (JSON.parse(body) as { readonly who: string }).who;
    if (room === 'leases') {
      const holder = holders.get(name);
      await hesitate();
      if (holder !== undefined && holder !== who) return [409, null];
      if (method === 'DELETE') holders.delete(name);
      else holders.set(name, who);
      return [200, null];
    }
    const now = performance.now() / 1_000;
    const { count, at } = tokens.get(name) ?? { count: bucket.capacity, at: now };
    const left = Math.min(bucket.capacity, count + (now - at) * bucket.refillPerSecond);
    await hesitate();
    if (left >= 1) tokens.set(name, { count: left - 1, at: now });
    return [left >= 1 ? 200 : 429, null];
  }

  return createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const [status, answer] = await answerTo(request.method ?? 'GET', request.url ?? '', body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(port, '127.0.0.1');
}

if (import.meta.main) startDesk(Number(process.env.PORT ?? 8003));
