import { homedir } from 'node:os';
import { join } from 'node:path';

/** What may be made once and used by every run: Python environments, compiled JavaScript. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gauntlet');
}
