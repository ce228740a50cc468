import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheFolder } from '../../stack/process/cache-folder.ts';

export const portkeyVersion = '1.15.2';
/** Newer ones of its dependencies, within its ranges, break it. */
const overrides = { '@hono/node-server': '1.13.5', hono: '4.9.7' };
const installTimeoutMs = 180_000;

/** Where Portkey's server is, installed into the user's cache by the first bench. @throws when npm can't get it */
export async function portkeyServer(): Promise<string> {
  const folder = join(cacheFolder(), 'bench', `portkey-${portkeyVersion}`);
  const server = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  if (existsSync(join(folder, 'complete'))) return server;
  mkdirSync(folder, { recursive: true });
  const dependencies = { '@portkey-ai/gateway': portkeyVersion };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies, overrides }));
  const options = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund'];
  await execa('npm', ['install', ...options], { cwd: folder, timeout: installTimeoutMs });
  writeFileSync(join(folder, 'complete'), '');
  return server;
}
