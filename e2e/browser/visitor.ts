import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page, Request } from 'playwright-core';
import { secretsOf } from '../../harness/report/redact.ts';
import { startChromium } from '../../harness/suite/browser/chromium.ts';
import { writeRedactedTrace } from '../../harness/suite/browser/redacted-trace.ts';
import { keptFile } from '../../harness/suite/kept-file.ts';
import { type Admin, newPerson, type Person } from '../../harness/suite/open-webui/admin.ts';
import { service, setting, stackVariables } from '../../harness/suite/stack.ts';

/** Generous: a page loads a few hundred files, on a machine that has more to do. */
const stepMs = 60_000;

/** Somebody at a browser of their own. */
export interface Visitor {
  readonly name: string;
  readonly person: Person;
  readonly page: Page;
  /** Sockets that the page has opened, in order, and whether each is still open. */
  readonly sockets: readonly { readonly isOpen: boolean }[];
  /** Leaves `browser/NAME-STEP.png` in the results. */
  show(step: string): Promise<void>;
  /** Ends the visit; leaves `browser/NAME-trace.zip` in the results and gives its path. */
  leave(): Promise<string>;
}

/** Chromium, which reaches Open WebUI through the scope: that leads each page to the worker that its address names. */
export function startBrowser(): Promise<Browser> {
  return startChromium({
    server: service('scope').url,
    username: 'gauntlet',
    password: setting('SCOPE_TOKEN'),
  });
}

/** A new person whose browser opens the page of Open WebUI; all connections of this browser end in one worker. */
export async function visit(browser: Browser, admin: Admin, name: string, worker: number): Promise<Visitor> {
  const person = await newPerson(admin);
  // Without notes on the release, and without titles and tags, which would be asked of the pipe too.
  const ui = { showChangelog: false, title: { auto: false }, autoTags: false, autoFollowUps: false };
  await person.client.post('/api/v1/users/user/settings/update', { ui });
  const context = await browser.newContext();
  context.setDefaultTimeout(stepMs);
  // Its pictures would be taken all the time; those that matter are taken by `show`.
  await context.tracing.start({ snapshots: true });
  const { page, sockets } = await openForm(context, `http://open-webui.w${worker}/`);
  let shown = 0;
  return {
    ...{ name, person, page, sockets },
    show: async (step) => {
      shown += 1;
      await page.screenshot({ path: keptFile(`browser/${name}-${shown}-${step}.png`) });
    },
    leave: async () => {
      const trace = keptFile(`browser/${name}-trace.zip`);
      await keepTrace(context, trace, person.password);
      await context.close();
      await person.remove();
      return trace;
    },
  };
}

async function openForm(context: BrowserContext, url: string): Promise<Pick<Visitor, 'page' | 'sockets'>> {
  const page = await context.newPage();
  const sockets = socketsOf(page);
  const lacking = lackingOf(page);
  try {
    await page.goto(url);
    await page.locator('input[type=email]').waitFor();
    return { page, sockets };
  } catch (cause) {
    const shown = lacking().slice(0, 20).join('\n');
    throw new Error(`the form was not shown within ${stepMs} ms; what the page lacks:\n${shown}`, { cause });
  }
}

/** Requests of a page that came to nothing, with the reason, and those that are not answered yet. */
function lackingOf(page: Page): () => readonly string[] {
  const open = new Set<Request>();
  const failed: string[] = [];
  page.on('request', (request) => open.add(request));
  page.on('requestfinished', (request) => open.delete(request));
  page.on('requestfailed', (request) => {
    open.delete(request);
    failed.push(`${request.failure()?.errorText} ${request.url()}`);
  });
  page.on('response', (response) => {
    const { 'x-gauntlet-error': code = '' } = response.headers();
    if (!response.ok()) failed.push(`${response.status()} ${code} ${response.url()}`);
  });
  return () => [...failed, ...[...open].map((request) => `no answer ${request.url()}`)];
}

function socketsOf(page: Page): readonly { readonly isOpen: boolean }[] {
  const sockets: { isOpen: boolean }[] = [];
  page.on('websocket', (socket) => {
    const state = { isOpen: true };
    sockets.push(state);
    socket.on('close', () => {
      state.isOpen = false;
    });
  });
  return sockets;
}

/** The raw trace, which shows what was typed, stays outside of the results. */
async function keepTrace(context: BrowserContext, to: string, password: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'gauntlet-trace-'));
  try {
    const raw = join(folder, 'raw.zip');
    await context.tracing.stop({ path: raw });
    writeRedactedTrace(raw, to, secretsOf({ ...process.env, ...stackVariables() }, [password]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
