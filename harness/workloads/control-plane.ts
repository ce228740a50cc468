import fc from 'fast-check';
import { operationsOf } from '../plan/plan.ts';
import type { OperationShape } from '../plan/workload-shape.ts';
import { replay, watch } from './control-plane/follow.ts';
import { intrude, intrudeAgain, overhear } from './control-plane/intrude.ts';
import { list, status } from './control-plane/look.ts';
import {
  type ControlOperation,
  type ControlRun,
  countOf,
  sessions,
  strangersOf,
} from './control-plane/run.ts';
import { clash, insist, say, sayAgain } from './control-plane/tell.ts';
import { demand, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

const operations: readonly ControlOperation[] = [
  ...[say, insist, sayAgain, clash],
  ...[list, status, replay, watch],
  ...[intrude, intrudeAgain, overhear],
];

/** Over the database's link come those alone whose text has a mark. */
const isMarked = {
  meets: (link: string) => link.startsWith('client>') || link.endsWith('>postgres'),
} as const;
const isUnmarked = { meets: () => false } as const;
const times = fc.record({ times: fc.integer({ min: 1, max: 2 }) });
const labels = fc.record({ label: fc.constantFrom('', 'ask', 'resume') });

const shapes: readonly OperationShape[] = [
  { name: say.name, weight: 3, keys: sessions, kind: 'change', whole: true, args: labels, ...isMarked },
  { name: insist.name, weight: 3, keys: sessions, kind: 'change', whole: true, stream: true, ...isMarked },
  { name: sayAgain.name, weight: 4, keys: sessions, kind: 'change', args: times, ...isUnmarked },
  { name: clash.name, keys: sessions, kind: 'change', ...isUnmarked },
  { name: list.name, weight: 2, keys: sessions, kind: 'read', ...isUnmarked },
  { name: status.name, keys: sessions, kind: 'read', ...isUnmarked },
  {
    ...{ name: replay.name, weight: 2, keys: sessions, kind: 'read' },
    args: fc.record({ kept: fc.integer({ min: 1, max: 8 }) }),
    ...isUnmarked,
  },
  { name: watch.name, weight: 2, keys: sessions, kind: 'change', stream: true, ...isMarked },
  { name: intrude.name, keys: sessions, kind: 'change', ...isUnmarked },
  { name: intrudeAgain.name, weight: 2, keys: sessions, kind: 'change', ...isUnmarked },
];

/**
 * Sessions of the control plane: messages posted once, again and again under one key, under a key that another message has, and
 * until they are accepted; listed, counted, followed live and from any event on. Each session is one sequence, of messages and of events
 * alike, and a count; a stranger has sessions of the same names.
 */
export const controlPlane: Workload = {
  name: 'control-plane',
  service: 'gateway',
  summary: 'messages of sessions posted, posted again, listed and followed, with a database that is cut off',
  shape: ({ workers }) => ({
    name: 'control-plane',
    service: 'gateway',
    clients: 4,
    workers: { gateway: workers.gateway ?? 1 },
    operations: shapes,
    maxSteps: 14,
    faults: {
      worker: { services: ['gateway'], actions: ['stop', 'kill'] },
      link: { links: ['gateway>postgres'], actions: ['lag', 'sever'] },
      stream: { effects: ['cut', 'slice', 'delay', 'throttle'], provider: false, framed: false },
      client: { actions: ['abort', 'slow-read'] },
      revertAfterMs: 500,
    },
  }),
  checks: () => [
    { checker: 'lost-update' },
    { checker: 'duplicate-effect' },
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'ordered-append' },
    { checker: 'read-together' },
    { checker: 'convergence' },
    { checker: 'tenant-isolation' },
    // Under a key of another body, and while the key is in use.
    { checker: 'refusals', expected: [409, 422] },
    { checker: 'liveness' },
  ],
  faultsEvery: 3,
  links: ['client>gateway', 'gateway>postgres'],
  lastReads: Object.fromEntries(
    sessions.map((key) => [key, [list.name, replay.name, status.name, overhear.name]]),
  ),
  prepare: async (run) => prepareRun(run),
};

async function prepareRun({ plan, stack, client, nonce, uuid }: PlanRun): Promise<PreparedRun> {
  const known = stack.setting('GATEWAY_API_KEYS')?.split(',') ?? [];
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const run: ControlRun = {
    nonce,
    sessionOf: (key) => `${key}-${uuid(key)}`,
    headers: bearer(known[0] || `sk-owner-${nonce}`),
    strangerHeaders: bearer(known[1] || `sk-stranger-${uuid('stranger')}`),
  };
  const used = [...new Set(operationsOf(plan).map(({ args }) => String(args.key)))];
  for (const key of used) {
    const body = { session_id: run.sessionOf(key), message: 'first' };
    await demand(client, { path: '/message', body, headers: run.headers });
  }
  const ofName = new Map(operations.map((each) => [each.name, each]));
  const operationOf = (name: string): ControlOperation => {
    const found = ofName.get(name);
    if (!found) throw new RangeError(`control-plane has no operation ${name}`);
    return found;
  };
  return {
    initial: () =>
      Object.fromEntries(
        used.flatMap((key) => [
          [key, ['first']],
          [countOf(key), 1],
          [strangersOf(key), []],
        ]),
      ),
    meaning: (operation) => operationOf(operation.name).meaning(operation, run),
    perform: (operation, own) => operationOf(operation.name).perform(operation, own, run),
  };
}
