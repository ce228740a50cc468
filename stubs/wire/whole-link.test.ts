import { afterEach, expect, test } from '@jest/globals';
import { checkPlan, lagMs } from './fault-plan.ts';
import { type Client, TestWire } from './test-wire.ts';

let net: TestWire;
afterEach(() => net?.close());

const echoing = (): Promise<TestWire> =>
  TestWire.raw((socket) => socket.on('data', (chunk) => socket.write(chunk)));

/** How long a client waits for its own words. */
async function echoMs(client: Client, word: string): Promise<number> {
  const startedAt = performance.now();
  await client.send(word).has(word);
  return performance.now() - startedAt;
}

test('a lag is felt by connections that were open before, not by all the same, and ends', async () => {
  net = await echoing();
  const clients = [net.connect(), net.connect(), net.connect()];
  for (const [index, client] of clients.entries()) await client.send(`open${index}`).has(`open${index}`);
  net.add('f', { match: { every: true }, effect: { kind: 'lag', delayMs: 200 } });
  expect(net.view('f')).toMatchObject({ state: 'armed', fired: 0 });
  const late = await Promise.all(clients.map((client) => echoMs(client, 'late')));
  // Connections are taken in turn, each way.
  for (const [index, ms] of late.entries()) expect(ms).toBeGreaterThanOrEqual(lagMs(200, index + 1));
  expect([1, 2, 3].map((ordinal) => lagMs(200, ordinal))).toEqual([200, 0, 100]);
  expect(await net.fired('f')).toMatchObject({ fired: 1, hits: [{ connection: 3 }] });
  expect(late[1]).toBeLessThan(late[0] as number);
  net.wire.register.remove('f');
  expect(await echoMs(clients[0] as Client, 'after')).toBeLessThan(late[0] as number);
});

test('a severed link resets what is open and whoever comes, and takes connections again when it is over', async () => {
  net = await echoing();
  const open = await net.connect().send('one').has('one');
  net.add('f', { match: { every: true }, effect: { kind: 'sever' }, revertAfterMs: 300 });
  await open.ended('reset');
  await net.connect().ended('reset');
  expect(await net.fired('f', 'over')).toMatchObject({ fired: 1, state: 'over' });
  await net.connect().send('two').has('two');
});

test('nothing is said to have fired on a link that nobody uses', async () => {
  net = await echoing();
  net.add('f', { match: { every: true }, effect: { kind: 'sever' } });
  expect(net.view('f')).toMatchObject({ fired: 0, matched: 1 });
  await net.connect().ended('reset');
  expect(net.view('f')).toMatchObject({ fired: 1 });
});

test('effects of a link and of connections are not taken for each other', () => {
  const link = 'a>b';
  const lag = { kind: 'lag', delayMs: 5 } as const;
  expect(() => checkPlan({ match: { link, connection: 1 }, effect: lag })).toThrow('every connection');
  expect(() => checkPlan({ match: { link, every: true }, effect: { kind: 'refuse' } })).toThrow('every conn');
  expect(() => checkPlan({ match: { link, every: true }, effect: lag, times: 2 })).toThrow('happens once');
  expect(() => checkPlan({ match: { link, every: true }, effect: lag })).not.toThrow();
});
