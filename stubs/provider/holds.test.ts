import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { JournalEntry } from './journal.ts';
import { framesIn, startProvider } from './test-provider.ts';

let url: string;
let close: () => Promise<unknown>;
let ask: Awaited<ReturnType<typeof startProvider>>['ask'];
let entryOf: Awaited<ReturnType<typeof startProvider>>['entryOf'];

beforeAll(async () => {
  ({ url, close, ask, entryOf } = await startProvider());
});

afterAll(() => close());

test('holds a stream after so many events until it is released', async () => {
  const answer = await ask('[[op=held tokens=5 hold=3]]', { stream: true });
  const seen: string[] = [];
  let releasedAfter = -1;
  for await (const chunk of answer.body ?? []) {
    seen.push(...framesIn(Buffer.from(chunk).toString()));
    if (releasedAfter >= 0 || seen.length < 3) continue;
    expect(await fetch(`${url}/journal/wait?op=held&event=completed&timeoutMs=200`)).toMatchObject({
      status: 408,
    });
    releasedAfter = seen.length;
    expect(await fetch(`${url}/release?op=held`, { method: 'POST' })).toMatchObject({ status: 204 });
  }
  expect(releasedAfter).toBe(3);
  expect(seen.length).toBeGreaterThan(6);
  expect(seen.at(-1)).toBe('[DONE]');
});

test('a hold beyond the last event keeps the end of the body', async () => {
  const answer = await ask('[[op=held-end tokens=2 hold=99]]', { stream: true });
  const reader = answer.body?.getReader();
  let text = '';
  while (!text.includes('[DONE]')) text += Buffer.from((await reader?.read())?.value ?? []).toString();
  const wait = await fetch(`${url}/journal/wait?op=held-end&event=completed&timeoutMs=200`);
  expect(wait.status).toBe(408);
  await fetch(`${url}/release?op=held-end`, { method: 'POST' });
  expect(await reader?.read()).toMatchObject({ done: true });
  expect((await entryOf('held-end', 'completed')).hungUpAt).toBeUndefined();
});

test('keeps a fault until the stream that it hits is released', async () => {
  const answer = await ask('[[op=held-cut tokens=9 hold=4 cut=4]]', { stream: true });
  const entry = async () => ((await (await fetch(`${url}/journal?op=held-cut`)).json()) as JournalEntry[])[0];
  const reader = answer.body?.getReader();
  let text = '';
  while (framesIn(text).length < 4) text += Buffer.from((await reader?.read())?.value ?? []).toString();
  expect((await entry())?.fault).toBeUndefined();
  await fetch(`${url}/release?op=held-cut`, { method: 'POST' });
  await expect(reader?.read()).rejects.toThrow();
  expect((await entry())?.fault).toMatchObject({ kind: 'cut', afterFrames: 4 });
});

test('holds a whole answer, and lets go of it when its client leaves', async () => {
  const leaving = new AbortController();
  const answer = ask('[[op=held-json hold=0]]', {}, leaving.signal);
  answer.catch(() => undefined);
  await entryOf('held-json', 'arrived');
  leaving.abort();
  const entry = await entryOf('held-json', 'hungup');
  expect(entry).toMatchObject({ framesSent: 0 });
  expect(await fetch(`${url}/release`, { method: 'POST' })).toMatchObject({ status: 400 });
});
