/**
 * @uses open-webui
 */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import type { Browser } from 'playwright-core';
import { journalOf, release, waitForJournal } from '../../harness/suite/journal.ts';
import { type Admin, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ImportedPipes, pipeText } from '../../harness/suite/open-webui/pipes.ts';
import { type EveryWorker, everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { setting } from '../../harness/suite/stack.ts';
import * as chat from './chat-page.ts';
import { startBrowser, type Visitor, visit } from './visitor.ts';

/** A page loads some hundred files, twice at once, on a machine that does other things too. */
const boundMs = 120_000;

let browser: Browser;
let admin: Admin;
let pipes: ImportedPipes;
let workers: EveryWorker;
let pipe: string;
/** One on each of two workers: without Redis a page sees only what happens in the worker that has its socket. */
let visitors: readonly Visitor[];

beforeAll(async () => {
  await stackScope('open-webui').close();
  browser = await startBrowser();
  admin = await signIn();
  pipes = new ImportedPipes(admin);
  pipe = await pipes.add('kit', pipeText('kit_pipe'));
  workers = await everyWorker(admin, pipe);
  visitors = await Promise.all([1, 2].map((worker) => visit(browser, admin, `worker-${worker}`, worker)));
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await pipes?.removeAll();
  await workers?.close();
}, 60_000);

const words = (count: number) => Array.from({ length: count }, (_, index) => `w${index + 1}`).join(' ');
const each = <T>(what: (visitor: Visitor, index: number) => Promise<T>) => Promise.all(visitors.map(what));

// covers 000/live-open-webui
// covers 000/upstream-streaming
test(
  'on two workers two people sign in, choose a pipe, and see its answer while the model still writes it',
  async () => {
    await each(async ({ page, person, show }, index) => {
      await chat.signInByForm(page, person);
      await show('signed-in');
      await chat.chooseModel(page, pipe);
      await chat.watchAnswers(page);
      // The model goes on only when the page shows nine words.
      const { id, mark } = newOperation({ tokens: 20, hold: 11 });
      await chat.send(page, `Hello from ${index + 1} ${mark}`);
      const answer = chat.answers(page).last();
      await answer.getByText(/^w1( w\d+)* w9\b/).waitFor();
      const [held] = await journalOf(id);
      expect(held?.completedAt).toBeUndefined();
      expect(await answer.textContent()).not.toContain('w20');
      await show('first-words');
      await release(id);
      await chat.untilAnswered(page, words(20));
      await show('answered');
      const seen = await chat.seenAnswers(page);
      expect(seen.length).toBeGreaterThan(1);
      // Words come, and none goes.
      expect(seen.filter((text, at) => !text.startsWith(seen[at - 1] ?? ''))).toEqual([]);
    });
  },
  boundMs,
);

// covers 000/live-open-webui
test(
  'who stops an answer hangs up at the provider, and keeps what had come',
  async () => {
    await each(async ({ page, show }) => {
      const { id, mark } = newOperation({ tokens: 20, stall: 6 });
      await chat.send(page, `Stop this ${mark}`);
      const answer = chat.answers(page).nth(1);
      await answer.getByText(/\bw4\b/).waitFor();
      await chat.stopButton(page).click();
      const entry = await waitForJournal(id, 'hungup', 15_000);
      expect(entry.completedAt).toBeUndefined();
      await chat.stopButton(page).waitFor({ state: 'detached' });
      await show('stopped');
      expect(await answer.textContent()).toMatch(/w1 w2 w3 w4/);
    });
  },
  boundMs,
);

// covers 000/live-open-webui
// covers 000/persistence-across-processes
test(
  'an edited question gets an answer of its own, and after a reload the chat is there',
  async () => {
    const said = visitors.map((_, index) => `edited for ${index + 1}`);
    await each(async ({ page, show }, index) => {
      const { id, mark } = newOperation({ say: said[index] ?? '' });
      await chat.editQuestion(page, `Edited ${mark}`);
      await chat.untilAnswered(page, said[index] ?? '');
      expect(await journalOf(id)).toHaveLength(1);
      await show('edited');
      await page.reload();
      await chat.untilAnswered(page, said[index] ?? '');
      expect(await chat.answers(page).first().textContent()).toContain(words(20));
      expect(await page.locator('.user-message').last().textContent()).toContain('Edited');
      await show('reloaded');
    });
    // One person's page has nothing of the other's.
    const pages = await each(({ page }) => page.locator('body').textContent());
    expect(pages.map((text) => said.filter((words) => text?.includes(words)))).toEqual(
      said.map((words) => [words]),
    );
  },
  boundMs,
);

test(
  'the trace that each visit leaves has its steps, and no credential in any of its files',
  async () => {
    const traces = await each(async (visitor) => unzipSync(readFileSync(await visitor.leave())));
    const secrets = [...visitors.map(({ person }) => person.password), setting('SCOPE_TOKEN')];
    for (const files of traces) {
      const texts = Object.entries(files).map(
        ([name, bytes]) => [name, Buffer.from(bytes).toString('latin1')] as const,
      );
      expect(
        texts.some(([name, text]) => name.endsWith('.trace') && text.includes('send-message-button')),
      ).toBe(true);
      const told = texts.filter(
        ([, text]) => secrets.some((secret) => text.includes(secret)) || /eyJ\w+\.eyJ/.test(text),
      );
      expect(told.map(([name]) => name)).toEqual([]);
    }
  },
  boundMs,
);
