import { chat } from '../../harness/workloads/chat-call.ts';
import type { Operation, PlanRun, PreparedRun, Workload } from '../../harness/workloads/workload.ts';

const sessions = ['session1', 'session2'] as const;

/**
 * LiteLLM with the reference callback of context-compiler in its persistent mode: `prohibit THING` adds to what a session
 * must never be told of, and the callback puts that before the model with every later question of the session.
 */
const contextCompilerHook: Workload = {
  name: 'context-compiler-hook',
  service: 'litellm',
  summary: 'what the reference callback keeps of a session, changed and asked for on every worker',
  shape: ({ workers }) => ({
    name: 'context-compiler-hook',
    service: 'litellm',
    clients: 3,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [
      { name: 'prohibit', keys: sessions },
      { name: 'recall', keys: sessions },
    ],
    maxSteps: 6,
  }),
  checks: () => [{ checker: 'stale-read' }, { checker: 'read-your-writes' }, { checker: 'monotonic-reads' }],
  lastReads: { session1: 'recall', session2: 'recall' },
  prepare: async (run) => prepareRun(run),
};

export default contextCompilerHook;

function prepareRun({ plan, stack, uuid }: PlanRun): PreparedRun {
  const headers = { authorization: `Bearer ${stack.setting('LITELLM_MASTER_KEY')}` };
  const names = new Map(sessions.map((key) => [key as string, `${key}-${plan.seed}-${uuid(key)}`]));
  const asks = ({ key }: Operation, content: string) => ({
    model: 'scripted',
    context_compiler_mode: 'persistent',
    metadata: { context_compiler_session_key: names.get(key) },
    messages: [{ role: 'user', content }],
  });
  return {
    initial: () => Object.fromEntries(sessions.map((key) => [key, []])),
    meaning: (operation) =>
      operation.name === 'prohibit' ? { does: 'add', value: thingOf(operation) } : { does: 'list' },
    perform: async (operation, client) => {
      if (operation.name === 'prohibit') {
        // The callback takes a directive only when nothing stands beside it: this request has no mark.
        const directive = asks(operation, `prohibit ${thingOf(operation)}`);
        const { type, error } = await chat(client, directive, headers);
        return error === undefined ? { type } : { type, error };
      }
      const question = asks(operation, `What holds? ${operation.mark} [[echo=system]]`);
      const completion = await chat(client, question, headers);
      return completion.type === 'ok'
        ? { type: 'ok', value: thingsIn(String(completion.value)) }
        : completion;
    },
  };
}

/** The compiler knows things by plain words. */
const thingOf = ({ id }: Operation): string => `tool ${id.replaceAll(/[^a-z0-9]/gi, ' ').toLowerCase()}`;

function thingsIn(text: string): readonly string[] {
  const [, things = ''] = /prohibited items: (.*)\./.exec(text) ?? [];
  return things.split(', ').filter(Boolean);
}
