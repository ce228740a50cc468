import { installedFile } from '../../harness/stack/process/installed-file.ts';
import { personalPipe } from '../../harness/workloads/open-webui-personal-pipe.ts';
import { addPipe, must, pipeName } from '../../harness/workloads/open-webui-session.ts';

const pipeFile =
  'context_compiler_example_integrations/reference_integrations/openwebui_pipe/open_webui_pipe.py';

/**
 * The reference pipe of context-compiler, from its package, with one line changed: Open WebUI takes the comma of its
 * `requirements` (`>=0.9.1,<0.10`) for the end of a package's name and refuses the import. `prohibit THING` adds to what a
 * chat must never be told of, `show state` answers with all of it. Without a chat's id it keeps that for its user.
 */
export default personalPipe({
  name: 'context-compiler-pipe',
  summary: 'what the reference pipe keeps of a chat, changed and shown on every worker',
  key: 'chat',
  add: { operation: 'prohibit', says: (thing) => `prohibit ${thing}` },
  show: {
    operation: 'show',
    says: 'show state',
    read: (text) => {
      const [, things = ''] = /^Prohibit: (.*)$/m.exec(text) ?? [];
      return things === 'none' ? [] : things.split(', ').filter(Boolean);
    },
  },
  importInto: async ({ client, nonce }, headers) => {
    const id = pipeName('compiler', nonce);
    const text = await installedFile('bugs/context-compiler-pipe', pipeFile);
    const importable = text.replace(/^requirements: .*$/m, 'requirements: context-compiler==0.9.2');
    await addPipe(client, headers, id, importable);
    const body = { BASE_MODEL_ID: 'scripted' };
    await must(client, { path: `/api/v1/functions/id/${id}/valves/update`, body, headers });
    return id;
  },
});
