/**
 * A worker is killed: nothing else may use Open WebUI meanwhile.
 *
 * @alone open-webui
 * @long
 */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { journalOf } from '../../harness/suite/journal.ts';
import { type Admin, signIn } from '../../harness/suite/open-webui/admin.ts';
import { ImportedPipes, pipeText } from '../../harness/suite/open-webui/pipes.ts';
import { everyWorker } from '../../harness/suite/open-webui/workers.ts';
import { newOperation } from '../../harness/suite/operation.ts';
import { stackScope } from '../../harness/suite/scope.ts';
import { until } from '../../harness/suite/until.ts';
import type { ScopeClient } from '../../harness/workers/client.ts';
import * as chat from './chat-page.ts';
import { startBrowser, type Visitor, visit } from './visitor.ts';

const respawnMs = 120_000;

let scope: ScopeClient;
let browser: Browser;
let admin: Admin;
let pipes: ImportedPipes;
let pipe: string;
let visitors: readonly [Visitor, Visitor];

beforeAll(async () => {
  scope = stackScope('open-webui');
  browser = await startBrowser();
  admin = await signIn();
  pipes = new ImportedPipes(admin);
  pipe = await pipes.add('kit', pipeText('kit_pipe'));
  await (await everyWorker(admin, pipe)).close();
  visitors = await Promise.all([
    visit(browser, admin, 'killed-worker', 1),
    visit(browser, admin, 'other-worker', 2),
  ]);
  await Promise.all(
    visitors.map(async ({ page, person }) => {
      await chat.signInByForm(page, person);
      await chat.chooseModel(page, pipe);
    }),
  );
}, 180_000);
afterAll(async () => {
  await Promise.all((visitors ?? []).map((visitor) => visitor.leave()));
  await browser?.close();
  await pipes?.removeAll();
  await scope?.close();
}, 60_000);

/** Sends a question and waits for its answer on the page. */
async function ask({ page }: Visitor, say: string): Promise<void> {
  const { id, mark } = newOperation({ say });
  await chat.send(page, `Hello ${mark}`);
  await chat.untilAnswered(page, say);
  expect(await journalOf(id)).toHaveLength(1);
}

const answered = ({ page }: Visitor, path: RegExp) =>
  page.waitForResponse((response) => response.ok() && path.test(response.url()), { timeout: respawnMs });

/** Once a chat is begun the page gives it an address of its own, and reads it from there. */
const chatRead = (visitor: Visitor) => answered(visitor, /\/api\/v1\/chats\/[\w-]{36}$/);

/** With a new socket the page asks which answers of its chat are being written, and reads the chat again. */
const chatReadAgain = (visitor: Visitor) =>
  Promise.all([answered(visitor, /\/api\/tasks\/chat\/[\w-]+$/), chatRead(visitor)]);

const openSockets = ({ sockets }: Visitor) => sockets.filter(({ isOpen }) => isOpen).length;

// covers 000/live-open-webui
// covers 000/persistence-across-processes
test(
  'the page of a killed worker loses its socket, gets one of the successor, and goes on with the same chat',
  async () => {
    const [hit, other] = visitors;
    await Promise.all([
      ...visitors.map(chatRead),
      ask(hit, 'before the kill'),
      ask(other, 'on the other worker'),
    ]);
    expect([openSockets(hit), openSockets(other)]).toEqual([1, 1]);
    // A page that loads slowly may have given up its first one.
    const [opened, openedByOther] = [hit.sockets.length, other.sockets.length];
    const readAgain = chatReadAgain(hit);
    const [victim] = await scope.workers('open-webui');
    await scope.kill('open-webui', 1);
    await until('the page sees that its socket is gone', () => openSockets(hit) === 0, 30_000);
    await hit.show('socket-gone');
    // Whose worker lives notices nothing.
    await ask(other, 'meanwhile');
    await other.show('meanwhile');
    expect(other.sockets).toHaveLength(openedByOther);
    expect(openSockets(other)).toBe(1);
    await until(
      'the page has a socket again',
      () => hit.sockets.length > opened && openSockets(hit) === 1,
      respawnMs,
    );
    // What is sent while the page still reads the chat of before would be overwritten by it.
    await readAgain;
    const [successor] = await scope.workers('open-webui');
    expect(successor?.pid).not.toBe(victim?.pid);
    await ask(hit, 'after the kill');
    expect(await chat.answers(hit.page).allTextContents()).toEqual([
      expect.stringContaining('before the kill'),
      expect.stringContaining('after the kill'),
    ]);
    await hit.show('back');
  },
  respawnMs + 120_000,
);
