import { beforeAll, beforeEach, expect, test } from '@jest/globals';
import { askAgent, ended, granted, start } from '../../harness/suite/agents/agent-client.ts';
import { needs } from '../../harness/suite/offered/needs.ts';
import { textModel } from '../../harness/suite/setup/text-model.ts';

let model: string;
beforeAll(async () => {
  await needs('agents');
  model = await textModel();
});
beforeEach(() => needs('agents'));

// covers 001/command-labels-of-agents
test.each([
  { label: 'ask', meaning: 'continue' },
  { label: 'exec', meaning: 'continue' },
  { label: 'max', meaning: 'continue' },
  { label: 'continue', meaning: 'continue' },
  { label: 'resume', meaning: 'resume' },
  { label: 'eXeC', meaning: 'continue' },
  { label: '\tResume\n', meaning: 'resume' },
  { label: '', meaning: null },
])(
  'the label $label means $meaning at a start, in a message and at a resumption',
  async ({ label, meaning }) => {
    const begun = await granted('POST', '/start', { model, prompt: 'Hello', capability: label });
    const id = begun.session_id;
    await ended(id);
    await granted('POST', `/${id}/messages`, { content: 'Go on', capability: label });
    await ended(id);
    await granted('POST', `/${id}/resume`, { capability: label });
    const { messages } = await granted('GET', `/${id}/messages`);
    const said = messages.filter(({ role }: { role: string }) => role === 'user');
    expect(said.map(({ capability }: { capability: unknown }) => capability)).toEqual([meaning, meaning]);
  },
);

// covers 001/command-labels-of-agents
test.each(['pause', ' PAUSE ', 'asks', 'constructor'])(
  'the label %j is refused as on the control plane, and nothing comes of it',
  async (label) => {
    const refused = {
      error: 'unsupported capability',
      capability: label.trim().toLowerCase(),
      status: 'failed',
      instructions: expect.stringMatching(/ask.*exec.*max.*continue.*resume/),
    };
    const id = (await start(model, 'Hello')).session_id;
    await ended(id);
    const started = await askAgent('POST', '/start', { model, prompt: 'Hello', capability: label });
    expect([started.status, started.body]).toEqual([501, { ...refused, session_id: '' }]);
    const said = await askAgent('POST', `/${id}/messages`, { content: 'Go on', capability: label });
    expect([said.status, said.body]).toEqual([501, { ...refused, session_id: id }]);
    const resumed = await askAgent('POST', `/${id}/resume`, { capability: label });
    expect([resumed.status, resumed.body]).toEqual([501, { ...refused, session_id: id }]);
    expect((await granted('GET', `/${id}/messages`)).messages).toHaveLength(2);
  },
);
