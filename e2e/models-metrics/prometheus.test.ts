/** @alone */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import axios from 'axios';
import { type Exposition, readExposition, sumOf, wentDown } from '../../harness/metrics/exposition.ts';
import { cliModel, complete, says } from '../../harness/suite/chat.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { needsSeveralWorkers, stackScope } from '../../harness/suite/scope.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';

let scope: ScopeClient | undefined;
beforeAll(() => {
  scope = stackScope('gateway');
});
afterAll(() => scope?.close());
beforeEach(async () => {
  await needs('metrics');
  await needsSeveralWorkers(scope as ScopeClient, 'gateway');
});

const url = () => `${service('gateway').url}/metrics`;
async function scrape(): Promise<Exposition> {
  const { data } = await axios.get<string>(url(), { responseType: 'text', timeout: 10_000 });
  return readExposition(data);
}
async function scrapeAt(index: number): Promise<Exposition> {
  const client = (scope as ScopeClient).workerClient('gateway', index);
  const { body } = await client.get('/metrics');
  await client.close();
  return readExposition(body);
}
const chats = (count: number) =>
  Promise.all(
    Array.from({ length: count }, () => complete('gateway', { model: cliModel, messages: says('Hi') })),
  );
const chatsSeen = (exposition: Exposition) =>
  sumOf(exposition, 'gateway_http_requests_total', { route: '/v1/chat/completions', status: '200' });

const allReady = () =>
  until(
    'all workers are ready',
    async () => {
      const { status } = await axios.get(`${service('gateway').url}/ready`, { validateStatus: () => true });
      return status === 200;
    },
    40_000,
  );

test('speaks the text format, which says of each metric what it is', async () => {
  const { headers, data } = await axios.get<string>(url(), { responseType: 'text' });
  expect(headers['content-type']).toMatch(/^text\/plain\b.*version=0\.0\.4/);
  const { samples, types } = readExposition(data);
  expect(samples.length).toBeGreaterThan(0);
  const untyped = samples.filter(
    ({ name }) => !types.has(name) && !types.has(name.replace(/_(?:bucket|sum|count)$/, '')),
  );
  expect(untyped).toEqual([]);
});

test('each worker tells what all of them have counted', async () => {
  const before = chatsSeen(await scrape());
  const answers = await chats(12);
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
  const [first, second] = [await scrapeAt(1), await scrapeAt(2)];
  expect([chatsSeen(first), chatsSeen(second)].map((seen) => seen - before)).toEqual([12, 12]);
});

// covers 001/live-processes-provider-metrics
test('no counter goes down while workers are killed and come back under load', async () => {
  const client = scope as ScopeClient;
  const pidsNow = async () => (await client.workers('gateway').catch(() => [])).map(({ pid }) => pid);
  const seen: Exposition[] = [await scrape()];
  let over = false;
  const load = Array.from({ length: 4 }, async () => {
    while (!over) await complete('gateway', { model: cliModel, messages: says('Hi') }).catch(() => undefined);
  });
  const scraping = (async () => {
    while (!over)
      await scrape().then(
        (next) => seen.push(next),
        () => undefined,
      );
  })();
  try {
    for (const index of [1, 2, 1]) {
      const before = await pidsNow();
      const scrapes = seen.length;
      await until('scrapes between the kills', () => seen.length > scrapes + 3, 20_000);
      await client.kill('gateway', index);
      await until(
        'the killed worker has a successor',
        async () => {
          const now = await pidsNow();
          return now.length === before.length && now.some((pid) => !before.includes(pid));
        },
        20_000,
      );
      await allReady();
    }
  } finally {
    over = true;
    await Promise.all([...load, scraping]);
  }
  seen.push(await scrape(), await scrapeAt(1), await scrapeAt(2));
  const falls = seen.slice(1).flatMap((later, at) => wentDown(seen[at] as Exposition, later));
  expect(falls).toEqual([]);
  expect(chatsSeen(seen.at(-1) as Exposition)).toBeGreaterThan(chatsSeen(seen[0] as Exposition));
}, 180_000);

test('nothing that a caller writes becomes a name or a label', async () => {
  const word = `w${randomUUID().replaceAll('-', '')}`;
  const base = service('gateway').url;
  const settings = { validateStatus: () => true, headers: { 'user-agent': word, 'x-request-id': word } };
  const before = new Set((await scrape()).samples.map(({ series }) => series));
  await axios.get(`${base}/${word}?${word}=1`, settings);
  await axios.get(`${base}/v1/models/${word}`, settings);
  await axios.request({ ...settings, method: 'DELETE', url: `${base}/v1/${word}` });
  await axios.post(
    `${base}/v1/chat/completions`,
    { model: word, messages: says(word), user: word },
    settings,
  );
  await axios.post(`${base}/v1/chat/completions`, { model: cliModel, messages: says(word) }, settings);
  const { data } = await axios.get<string>(url(), { responseType: 'text' });
  expect(data).not.toContain(word);
  const fresh = readExposition(data).samples.filter(({ series }) => !before.has(series));
  const routes = new Set(fresh.flatMap(({ labels }) => labels.route ?? []));
  expect(routes.size).toBeLessThanOrEqual(4);
});
