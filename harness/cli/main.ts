/** Starts the command with compiled code of the last run, which halves the time until it does something. */
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { cacheFolder } from '../stack/process/cache-folder.ts';

enableCompileCache(join(cacheFolder(), 'node'));
await import('./command.ts');
