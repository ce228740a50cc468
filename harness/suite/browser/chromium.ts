import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { skip } from '../skip.ts';

/** Names that Chromium has on PATH; the shell without windows first, as it starts fastest. */
const names = [
  ...['chromium-headless-shell', 'chromium', 'chromium-browser'],
  ...['google-chrome-stable', 'google-chrome'],
];

/**
 * Starts Chromium without a window: the one of CHROMIUM_PATH, else one on PATH (Debian's packages `chromium-headless-shell` and
 * `chromium`), else the one that Playwright has downloaded (`npx playwright-core install chromium-headless-shell`).
 * Skips the test where there is none.
 */
export async function startChromium(): Promise<Browser> {
  const executablePath = chromiumPath(process.env);
  if (!executablePath)
    skip('no Chromium: neither CHROMIUM_PATH, nor one on PATH, nor one that Playwright downloaded');
  return await chromium.launch({ executablePath, timeout: 60_000 });
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
