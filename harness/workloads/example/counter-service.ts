import { createServer } from 'node:http';
import { setTimeout as save } from 'node:timers/promises';

const counts = new Map<string, number>();

/** Counters over HTTP; a careless one writes what it had read before it waited. */
export const startCounter = (port: number, isCareless = process.env.COUNTER_CARELESS === '1') =>
  createServer(async ({ method, url = '' }, response) => {
    const before = counts.get(url) ?? 0;
    if (method === 'POST' && isCareless) await save(2);
    if (method === 'POST') counts.set(url, (isCareless ? before : (counts.get(url) ?? 0)) + 1);
    response.end(JSON.stringify({ count: counts.get(url) ?? 0 }));
  }).listen(port, '127.0.0.1');

if (import.meta.main) startCounter(Number(process.env.PORT ?? 8003));
