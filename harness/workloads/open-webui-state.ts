import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gauntletError } from '../errors.ts';
import { personalPipe } from './open-webui-personal-pipe.ts';
import { addPipe, pipeName } from './open-webui-session.ts';

const variable = 'OPEN_WEBUI_PIPE';

/** A pipe of the user's own, which takes `use THING` and answers `/state` with `{"policies": {THING: "use"}}`. */
export const openWebuiState = personalPipe({
  name: 'open-webui-state',
  summary: `the state of the pipe in the file that ${variable} names, changed and read on every worker`,
  key: 'user',
  add: { operation: 'use', says: (thing) => `use ${thing}` },
  show: {
    operation: 'state',
    says: '/state',
    read: (text) => Object.keys((JSON.parse(text) as { policies?: object }).policies ?? {}),
  },
  importInto: async ({ stack, client, nonce }, headers) => {
    const text = pipeTextOf(stack.setting(variable));
    const id = pipeName('state', nonce);
    await addPipe(client, headers, id, text);
    return id;
  },
});

/**
 * The text of the pipe in any file, told from the folder that the command was called in.
 * @throws GauntletError GNT_USAGE where none is named, GNT_PIPE_UNREADABLE where there is none
 */
export function pipeTextOf(file: string | undefined, folder = process.cwd()): string {
  if (!file) throw gauntletError('GNT_USAGE', `${variable} must name the file of a pipe.`);
  const path = resolve(folder, file);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw gauntletError('GNT_PIPE_UNREADABLE', path, (cause as NodeJS.ErrnoException).code, cause);
  }
}
