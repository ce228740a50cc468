import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { skip } from '../skip.ts';
import { ownNetwork } from './own-network.ts';

/** Names that Chromium has on PATH; the shell without windows first, as it starts fastest. */
const names = [
  ...['chromium-headless-shell', 'chromium', 'chromium-browser'],
  ...['google-chrome-stable', 'google-chrome'],
];

/**
 * Starts Chromium without a window: the one of CHROMIUM_PATH, else one on PATH (Debian's packages `chromium-headless-shell` and
 * `chromium`), else the one that Playwright has downloaded (`npx playwright-core install chromium-headless-shell`).
 * Skips the test where there is none.
 *
 * Where it can be had Chromium has a network of its own: whenever one of the machine's changes, as Docker's do when a container
 * starts or ends, it drops all requests that wait for a connection (ERR_NETWORK_CHANGED), and no switch forbids it.
 * @param proxy the way to all pages, at http://HOST:PORT
 */
export async function startChromium(proxy: NonNullable<LaunchOptions['proxy']>): Promise<Browser> {
  const executablePath = chromiumPath(process.env);
  if (!executablePath)
    skip('no Chromium: neither CHROMIUM_PATH, nor one on PATH, nor one that Playwright downloaded');
  const timeout = 60_000;
  const { hostname: host, port } = new URL(proxy.server);
  const network = await ownNetwork({ host, port: Number(port) });
  if (!network) return await chromium.launch({ executablePath, proxy, timeout });
  const { file, env } = network.entering(executablePath);
  try {
    const browser = await chromium.launch({
      ...{ executablePath: file, env: { ...process.env, ...env }, timeout },
      proxy: { ...proxy, server: `http://127.0.0.1:${port}` },
    });
    browser.once('disconnected', network.close);
    return browser;
  } catch (error) {
    network.close();
    throw error;
  }
}

/** The program to start. Throws where CHROMIUM_PATH names none. */
export function chromiumPath(
  environment: Readonly<Record<string, string | undefined>>,
  downloaded = chromium.executablePath(),
): string | undefined {
  const { CHROMIUM_PATH: named, PATH = '' } = environment;
  if (named && !isProgram(named)) throw new Error(`CHROMIUM_PATH: ${named} is no program`);
  const folders = PATH.split(delimiter).filter(Boolean);
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  return named || found || (existsSync(downloaded) ? downloaded : undefined);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
