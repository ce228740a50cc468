import fc from 'fast-check';
import type { StreamEffectKind } from '../plan/fault.ts';
import type { JsonRecord } from '../plan/json.ts';
import {
  answerFrames,
  cancelWithinMs,
  chat,
  chatBody,
  chatChecks,
  chatMeaning,
  longBody,
  longMeaning,
  stream,
  streamBody,
} from './chat-call.ts';
import {
  type Client,
  type Completion,
  completionOf,
  type Frame,
  type Meaning,
  notDone,
  type Operation,
  type PlanRun,
  type PreparedRun,
  type Workload,
} from './workload.ts';

const models = ['baseline-cli-agent', 'baseline-langchain'] as const;
/** What no agent stands before: frames come as the model sends them, cut anywhere. */
const direct = 'scripted-direct';
const breaks: readonly StreamEffectKind[] = [
  'cut',
  'status',
  'slow-first-token',
  'slice',
  'delay',
  'throttle',
  'refuse',
  'half-open',
];

/**
 * The gateway: chats answered whole or as streams, each with a text that only its client may see, and the debug record
 * of a request, which any worker must replay: a register that holds the latest request with that id.
 */
export const gateway: Workload = {
  name: 'gateway',
  service: 'gateway',
  summary: 'chats, streams and debug records, with cut streams, hung-up clients and dying workers',
  shape: (stack) => ({
    name: 'gateway',
    service: 'gateway',
    clients: 4,
    workers: { gateway: stack.workers.gateway ?? 1, 'baseline-cli': stack.workers['baseline-cli'] ?? 1 },
    operations: [
      { name: 'chat', weight: 2, args: modelArgs, whole: true, meets },
      { name: 'stream', weight: 4, args: modelArgs, stream: true, frames: answerFrames, meets },
      { name: 'long', args: longArgs },
      { name: 'debugged', weight: 2, keys: ['debug1', 'debug2'] },
      { name: 'replay', weight: 2, keys: ['debug1', 'debug2'] },
    ],
    maxSteps: 8,
    faults: {
      worker: { services: ['gateway', 'baseline-cli'], actions: ['stop', 'kill'] },
      stream: {
        // LiteLLM ends a stream well that its model ended too early (bugs/litellm-clean-end): behind it nobody can tell.
        effects: stack.has('litellm') ? breaks : [...breaks, 'end'],
      },
      client: { actions: ['abort', 'slow-read'] },
      revertAfterMs: 500,
    },
  }),
  checks: (stack) => [
    ...chatChecks,
    { checker: 'exactly-once' },
    { checker: 'usage-sums' },
    // LiteLLM behind it passes no hang-up on before the first frame.
    { checker: 'cancel-upstream', withinMs: cancelWithinMs, sinceFirstFrame: stack.has('litellm') },
    { checker: 'stale-read' },
    { checker: 'read-your-writes' },
    { checker: 'monotonic-reads' },
    { checker: 'lost-update' },
    { checker: 'convergence' },
  ],
  faultsEvery: 2,
  links: ['client>gateway', 'gateway>baseline-cli', 'baseline-cli>litellm', 'baseline-cli>provider'],
  lastReads: { debug1: 'replay', debug2: 'replay' },
  prepare: async (run) => prepareRun(run),
};

/** Only one of the models is behind the links of that baseline. */
const meets = (link: string, { model = models[0] }: JsonRecord): boolean =>
  !link.includes('baseline-cli') || model === models[0];

const modelArgs = fc.record({ model: fc.constantFrom(...models) });
const longArgs = fc.record({ model: fc.constantFrom(...models, direct) });

function prepareRun({ plan, nonce }: PlanRun): PreparedRun {
  const debugId = ({ key }: Operation) => `${key}-${nonce}`;
  const model = ({ step }: Operation) => String(step.args.model ?? models[0]);

  return {
    initial: () => ({ debug1: null, debug2: null }),
    meaning: (operation): Meaning => {
      switch (operation.name) {
        case 'chat':
        case 'stream':
          return chatMeaning(operation);
        case 'long':
          return longMeaning(operation);
        case 'debugged':
          return { does: 'write', value: operation.id };
        default:
          return { does: 'read' };
      }
    },
    perform: async (operation, client): Promise<Completion> => {
      switch (operation.name) {
        case 'chat':
          return chat(client, chatBody(operation, model(operation), plan));
        case 'stream':
          return stream(client, streamBody(operation, model(operation), plan));
        case 'long':
          return stream(client, longBody(operation, model(operation)));
        case 'debugged': {
          const headers = { 'x-request-id': debugId(operation) };
          const path = '/v1/chat/completions';
          const answer = await client.request({
            path,
            headers,
            body: { ...chatBody(operation, model(operation)), debug: true },
          });
          return completionOf(answer);
        }
        default:
          return replay(client, debugId(operation));
      }
    },
  };
}

async function replay(client: Client, id: string): Promise<Completion> {
  const answer = await client.stream({ path: `/v1/debug/stream/${id}`, method: 'GET', frame: debugFrame });
  if (answer.status === 404) return { type: 'ok', value: null };
  if (answer.status !== 200) return completionOf(answer);
  const [op] = answer.frames.flatMap((frame) =>
    'text' in frame && frame.text.startsWith('op ') ? [frame.text.slice(3)] : [],
  );
  if (op === undefined) throw notDone('the record does not say which operation it is of');
  return { type: 'ok', value: op };
}

/** An event of a debug stream; the first one names the operation. */
function debugFrame(data: string): Frame | undefined {
  const { data: { op } = {}, type } = JSON.parse(data) as { type?: string; data?: { op?: string } };
  return { text: op === undefined ? `${type}` : `op ${op}` };
}
