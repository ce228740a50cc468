import fc from 'fast-check';
import type { StreamEffectKind } from '../plan/fault.ts';
import { operationsOf } from '../plan/plan.ts';
import { answerFrames, cancelWithinMs, chatChecks, chatMeaning, chatText } from './chat-call.ts';
import { answered, responseOf, resumed, streamed } from './responses/ask.ts';
import { chains, recall, tell } from './responses/chains.ts';
import { begin, cancel, ends, finish, jobs, poll } from './responses/jobs.ts';
import { path, type ResponsesOperation, type ResponsesRun } from './responses/run.ts';
import { build, forget, intrude, keep, look, slots, stored } from './responses/slots.ts';
import { hear, say, talks } from './responses/talks.ts';
import { demand, type Operation, type PlanRun, type PreparedRun, type Workload } from './workload.ts';

/** The gateway's way to the scripted provider without an agent between. */
const ownModel = 'scripted-direct';
const breaks: readonly StreamEffectKind[] = [
  'cut',
  'end',
  'status',
  'slow-first-token',
  'slice',
  'delay',
  'throttle',
  'refuse',
  'half-open',
];
const keyed: readonly ResponsesOperation[] = [
  tell,
  recall,
  keep,
  look,
  build,
  forget,
  intrude,
  say,
  hear,
  begin,
  finish,
  poll,
  cancel,
];
/** What random plans are about, one after the other; one of them is about everything. */
const topics = [chains, slots, [], jobs, talks] as const;

/**
 * /v1/responses: answers whole, streamed and resumed, each with a text that only its client may see; chains of responses
 * through any worker, which are registers of what the model was told; stored responses, which live once; conversations, which are
 * sequences; and responses in the background, which end.
 */
export const responses: Workload = {
  name: 'responses',
  service: 'gateway',
  summary: 'responses whole, streamed and resumed, chains, conversations, stored and in the background',
  shape: ({ workers }, plan) => {
    const topic: readonly string[] | undefined =
      plan === undefined ? undefined : topics[plan % topics.length];
    const isMeant = (keys: readonly string[]) => !topic?.length || keys.some((key) => topic.includes(key));
    return {
      name: 'responses',
      service: 'gateway',
      clients: 4,
      workers: { gateway: workers.gateway ?? 1 },
      operations: [
        { name: 'answer', weight: 2, whole: true },
        { name: 'stream', weight: 3, stream: true, frames: answerFrames },
        { name: 'resume', weight: 2, args: fc.record({ kept: fc.integer({ min: 1, max: 12 }) }) },
        ...keyed
          .filter(({ keys }) => isMeant(keys))
          .map(({ name, weight, keys, kind }) => ({ name, weight: 2 * weight, keys, kind })),
      ],
      maxSteps: 8,
      faults: {
        worker: { services: ['gateway'], actions: ['stop', 'kill'] },
        stream: { effects: breaks },
        client: { actions: ['abort', 'slow-read'] },
        revertAfterMs: 500,
      },
    };
  },
  checks: () => [
    ...chatChecks.filter(({ checker }) => checker !== 'refusals'),
    // Two turns at once on one conversation: one of them may be told to wait.
    { checker: 'refusals', expected: [409] },
    { checker: 'exactly-once' },
    { checker: 'usage-sums' },
    { checker: 'cancel-upstream', withinMs: cancelWithinMs },
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'lost-update' },
    { checker: 'duplicate-effect' },
    { checker: 'ordered-append' },
    { checker: 'convergence' },
    { checker: 'item-life' },
    { checker: 'task-ends', terminal: ends, withinMs: 20_000 },
  ],
  faultsEvery: 3,
  links: ['client>gateway', 'gateway>provider'],
  lastReads: {
    ...Object.fromEntries(chains.map((key) => [key, recall.name])),
    ...Object.fromEntries(slots.map((key) => [key, look.name])),
    ...Object.fromEntries(talks.map((key) => [key, hear.name])),
    ...Object.fromEntries(jobs.map((key) => [key, poll.name])),
  },
  prepare: async (run) => prepareRun(run),
};

async function prepareRun({ plan, stack, client, nonce, uuid }: PlanRun): Promise<PreparedRun> {
  const known = stack.setting('GATEWAY_API_KEYS')?.split(',')[0];
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const run: ResponsesRun = {
    plan,
    model: stack.setting('TEXT_MODEL') ?? ownModel,
    headers: bearer(known || `sk-owner-${nonce}`),
    strangerHeaders: bearer(`sk-stranger-${uuid('stranger')}`),
    ids: new Map(),
  };
  const { model, headers, ids } = run;
  const used = new Set(operationsOf(plan).map(({ args }) => args.key));
  for (const chain of chains.filter((key) => used.has(key))) {
    const answer = await demand(client, { path, body: { model, input: 'Hello' }, headers });
    ids.set(chain, responseOf(answer)?.id ?? '');
  }
  const kept = new Map<string, string>();
  for (const slot of slots.filter((key) => used.has(key))) {
    const text = `first in ${slot}`;
    const input = `Hello [[say=${text.replaceAll(' ', '_')}]]`;
    const answer = await demand(client, { path, body: { model, input }, headers });
    ids.set(slot, responseOf(answer)?.id ?? '');
    kept.set(slot, text);
  }
  for (const talk of talks.filter((key) => used.has(key))) {
    const answer = await demand(client, { path: '/v1/conversations', body: {}, headers });
    ids.set(talk, responseOf(answer)?.id ?? '');
  }
  const first = slots.flatMap((slot) => ids.get(slot) ?? []);
  const ofName = new Map(keyed.map((each) => [each.name, each]));
  const bodyOf = (operation: Operation) => ({ model, input: chatText(operation, plan) });

  return {
    initial: () => ({
      ...Object.fromEntries(chains.map((key) => [key, null])),
      ...Object.fromEntries(kept),
      [stored]: first,
      ...Object.fromEntries(talks.map((key) => [key, []])),
    }),
    meaning: (operation) => ofName.get(operation.name)?.meaning(operation, run) ?? chatMeaning(operation),
    perform: async (operation, own) => {
      switch (operation.name) {
        case 'answer':
          return answered(own, bodyOf(operation), run);
        case 'stream':
          return streamed(own, bodyOf(operation), run);
        case 'resume':
          return resumed(own, bodyOf(operation), Number(operation.step.args.kept ?? 1), run);
        default: {
          const found = ofName.get(operation.name);
          if (!found) throw new RangeError(`responses has no operation ${operation.name}`);
          return found.perform(operation, own, run);
        }
      }
    },
  };
}
