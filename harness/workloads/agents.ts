import fc from 'fast-check';
import type { StreamEffectKind } from '../plan/fault.ts';
import type { JsonRecord } from '../plan/json.ts';
import { operationsOf } from '../plan/plan.ts';
import { endured, followed, latest, raced, repeated, replayed, stoppedText } from './agents/answers.ts';
import { runIn, untilEnded } from './agents/ask.ts';
import { begin, finish, jobs, jobWithinMs, poll, settle, stop } from './agents/jobs.ts';
import { type AgentsOperation, type AgentsRun, ends } from './agents/run.ts';
import { hear, recall, saidIn, talks, tell } from './agents/talks.ts';
import { answerFrames, chatChecks, chatMeaning, chatText } from './chat-call.ts';
import {
  type Client,
  type Completion,
  demand,
  notDone,
  type Operation,
  type PlanRun,
  type PreparedRun,
  type Workload,
} from './workload.ts';

/** The gateway's ways to the scripted provider: through an agent and without one. */
const models = ['baseline-cli-agent', 'scripted-direct'] as const;
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
const keyed: readonly AgentsOperation[] = [tell, recall, hear, begin, finish, poll, settle, stop];
/** What random plans are about, one after the other; one of them is about everything. */
const topics = [[], talks, jobs, ['answers']] as const;

/**
 * /agent/*: runs that are followed, resumed, raced for and repeated, each with an answer that is known before and that only
 * its client may see; conversations, which are registers of what the agent was told and sequences of what was said; and
 * runs that are left to themselves, which end.
 */
export const agents: Workload = {
  name: 'agents',
  service: 'gateway',
  summary:
    'agent runs followed, stopped, resumed and continued, with broken ways to the agent and the database',
  shape: ({ workers }, plan) => {
    const topic: readonly string[] | undefined =
      plan === undefined ? undefined : topics[plan % topics.length];
    const isMeant = (keys: readonly string[]) => !topic?.length || keys.some((key) => topic.includes(key));
    const asks = (name: string, weight: number) => ({ name, weight, args: modelArgs, whole: true, meets });
    return {
      name: 'agents',
      service: 'gateway',
      clients: 4,
      workers: { gateway: workers.gateway ?? 1 },
      operations: [
        { ...asks('follow', 3), whole: false, stream: true, frames: answerFrames },
        asks('endure', 3),
        asks('race', 2),
        asks('repeat', 2),
        { ...asks('replay', 2), args: replayArgs },
        { name: 'intrude' },
        ...keyed
          .filter(({ keys }) => isMeant(keys))
          .map(({ name, weight, keys, kind }) => ({ name, weight: 2 * weight, keys, kind })),
      ],
      maxSteps: 8,
      faults: {
        worker: { services: ['gateway'], actions: ['stop', 'kill'] },
        link: { links: ['gateway>postgres'], actions: ['lag', 'sever'] },
        stream: { effects: breaks },
        revertAfterMs: 500,
      },
    };
  },
  checks: () => [
    ...chatChecks.filter(({ checker }) => checker !== 'refusals'),
    // Who speaks while the agent answers is told to wait.
    { checker: 'refusals', expected: [409] },
    { checker: 'exactly-once' },
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'lost-update' },
    { checker: 'duplicate-effect' },
    { checker: 'ordered-append' },
    { checker: 'convergence' },
    { checker: 'task-ends', terminal: ends, withinMs: jobWithinMs },
  ],
  faultsEvery: 3,
  links: ['gateway>baseline-cli', 'gateway>provider', 'gateway>postgres'],
  lastReads: {
    ...Object.fromEntries(talks.map((key) => [key, [recall.name, hear.name]])),
    ...Object.fromEntries(jobs.map((key) => [key, settle.name])),
  },
  prepare: async (run) => prepareRun(run),
};

/** Only one of the models is behind the link to that baseline, and only the other straight at the provider. */
const meets = (link: string, { model = models[0] }: JsonRecord): boolean =>
  link.endsWith('>postgres') || link.includes('baseline-cli') === (model === models[0]);

const model = fc.constantFrom(...models);
const modelArgs = fc.record({ model });
const replayArgs = fc.record({ model, kept: fc.integer({ min: 1, max: 8 }) });

async function prepareRun({ plan, stack, client, nonce, uuid }: PlanRun): Promise<PreparedRun> {
  const known = stack.setting('GATEWAY_API_KEYS')?.split(',')[0];
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  const run: AgentsRun = {
    plan,
    model: stack.setting('TEXT_MODEL') ?? models[1],
    headers: bearer(known || `sk-owner-${nonce}`),
    strangerHeaders: bearer(`sk-stranger-${uuid('stranger')}`),
    ids: new Map(),
    begun: [],
    asked: new Map(),
  };
  const used = new Set(operationsOf(plan).map(({ args }) => args.key));
  for (const talk of talks.filter((key) => used.has(key))) {
    const body = { model: run.model, prompt: 'Hello' };
    const id = runIn(await demand(client, { path: '/agent/start', body, headers: run.headers })).session_id;
    await untilEnded(client, id ?? '', run);
    run.ids.set(talk, id ?? '');
  }
  const ofName = new Map(keyed.map((each) => [each.name, each]));
  const bodyOf = ({ step }: Operation, prompt: string) => ({
    model: stack.setting('TEXT_MODEL') ?? step.args.model ?? models[0],
    prompt,
  });

  return {
    initial: () => ({
      ...Object.fromEntries(talks.map((key) => [key, null])),
      ...Object.fromEntries(talks.map((key) => [saidIn(key), []])),
    }),
    meaning: (operation) => {
      if (operation.name === 'intrude') return { does: 'other', tenant: 'stranger' };
      return ofName.get(operation.name)?.meaning(operation, run) ?? chatMeaning(operation);
    },
    perform: async (operation, own) => {
      const body = bodyOf(operation, chatText(operation, plan));
      switch (operation.name) {
        case 'follow':
          return followed(own, body, run);
        case 'endure':
          return endured(own, body, run);
        case 'race':
          return raced(own, bodyOf(operation, stoppedText(operation)), run);
        case 'repeat':
          return repeated(own, body, `key-${operation.id}`, run);
        case 'replay':
          return replayed(own, body, Number(operation.step.args.kept ?? 1), run);
        case 'intrude':
          return intruded(own, run);
        default: {
          const found = ofName.get(operation.name);
          if (!found) throw new RangeError(`agents has no operation ${operation.name}`);
          return found.perform(operation, own, run);
        }
      }
    },
  };
}

/** Another tenant looks at the run that was started last, and gets nothing of it. */
async function intruded(client: Client, { ids, strangerHeaders: headers }: AgentsRun): Promise<Completion> {
  const id = ids.get(latest);
  if (id === undefined) throw notDone('no run was started yet');
  const seen: string[] = [];
  for (const what of ['status', 'messages', 'logs']) {
    const { status, text } = await client.request({ path: `/agent/${id}/${what}`, headers });
    seen.push(`${status} ${text}`);
  }
  return { type: 'ok', value: seen.join('\n') };
}
