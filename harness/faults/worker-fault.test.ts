import { expect, test } from '@jest/globals';
import type { StackRecord } from '../stack/run-folder.ts';
import { type ScopeClient, ScopeClientError, type WorkerView } from '../workers/client.ts';
import { applyWorkerFault } from './worker-fault.ts';
import { allGone, workersNow } from './workers-now.ts';

type State = WorkerView['state'];
const record = { runId: 'test', driver: 'process', services: {}, variables: {} } as unknown as StackRecord;
const view = (state: State, pid = 7): WorkerView => ({
  service: 'memory',
  index: 1,
  name: 'w1',
  pid,
  startTicks: 70,
  state,
});
const refusal = (code: string) => new ScopeClientError(500, { code, message: code, hint: '' });

/** A scope in front of one process, whose states are told one after the other; the last one stays. */
function scopeOf(states: readonly State[], changed: Partial<ScopeClient> = {}) {
  const asked: string[] = [];
  let at = 0;
  const state = () => states[Math.min(at++, states.length - 1)] ?? 'gone';
  const signal = (action: string) => async () => {
    asked.push(action);
    return { ...view(state()), action };
  };
  const scope = {
    workers: async () => [view('running')],
    stateOf: async () => state(),
    stop: signal('stop'),
    continue: signal('continue'),
    term: signal('term'),
    kill: signal('kill'),
    ...changed,
  } as unknown as ScopeClient;
  return { scope, asked };
}

const fault = (action: 'stop' | 'continue' | 'term' | 'kill', revertAfterMs = 20) =>
  ({ on: 'worker', action, service: 'memory', worker: 1, revertAfterMs }) as const;

test('a killed worker has fired when the process with its pid and start time is gone', async () => {
  const { scope } = scopeOf(['gone']);
  const { proof, reason } = await applyWorkerFault(fault('kill'), { record, scope });
  expect(proof).toEqual({ pid: 7, startTicks: 70, gone: true });
  expect(reason).toBeUndefined();
});

test('a worker that has not ended by its bound is killed, which its proof tells', async () => {
  let dead = false;
  const { scope } = scopeOf(['running'], {
    stateOf: async () => (dead ? 'gone' : 'running'),
    kill: async () => {
      dead = true;
      return { ...view('gone'), action: 'kill' };
    },
  });
  const { proof } = await applyWorkerFault(fault('term'), { record, scope });
  expect(proof).toMatchObject({ gone: true, graceful: false });
});

test('a worker that outlives its SIGKILL proves nothing', async () => {
  const { scope } = scopeOf(['running']);
  const { proof, reason } = await applyWorkerFault(fault('kill'), { record, scope });
  expect(proof).toBeUndefined();
  expect(reason).toBe('the process 7 is still there');
}, 10_000);

test('a stop is proven by the state stopped, not by having been asked for', async () => {
  const stopped = await applyWorkerFault(fault('stop'), { record, ...scopeOf(['stopped', 'gone']) });
  expect(stopped.proof).toMatchObject({ pid: 7, state: 'stopped' });
  const gone = await applyWorkerFault(fault('stop'), { record, ...scopeOf(['gone']) });
  expect(gone.proof).toBeUndefined();
  expect(gone.reason).toBe('the process 7 was gone, not stopped');
});

test('when a stop ends, a process that is still stopped is continued, and no other', async () => {
  const held = scopeOf(['stopped', 'stopped', 'running']);
  await (await applyWorkerFault(fault('stop', 10_000), { record, scope: held.scope })).revert();
  expect(held.asked).toEqual(['stop', 'continue']);
  const running = scopeOf(['stopped', 'running']);
  await (await applyWorkerFault(fault('stop', 10_000), { record, scope: running.scope })).revert();
  expect(running.asked).toEqual(['stop']);
});

test('an error of the scope is an error, neither "no workers" nor "gone"', async () => {
  const { scope } = scopeOf(['running'], {
    workers: async () => Promise.reject(refusal('GNT_PROC_UNREADABLE')),
    stateOf: async () => Promise.reject(refusal('GNT_SCOPE_FAILED')),
  });
  await expect(workersNow(scope, 'memory')).rejects.toMatchObject({ code: 'GNT_PROC_UNREADABLE' });
  await expect(allGone(scope, 'memory', [view('running')])).rejects.toMatchObject({
    code: 'GNT_SCOPE_FAILED',
  });
  await expect(applyWorkerFault(fault('kill'), { record, scope })).rejects.toMatchObject({
    code: 'GNT_PROC_UNREADABLE',
  });
});

test('a service that has no worker for the moment has none', async () => {
  const { scope } = scopeOf(['running'], {
    workers: async () => Promise.reject(refusal('GNT_NO_WORKERS')),
  });
  expect(await workersNow(scope, 'memory')).toEqual([]);
});
