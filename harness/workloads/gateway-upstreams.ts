import fc from 'fast-check';
import {
  answerFrames,
  cancelWithinMs,
  chat,
  chatBody,
  chatChecks,
  chatMeaning,
  stream,
  streamBody,
  withMishap,
} from './chat-call.ts';
import type { PlanRun, PreparedRun, Workload } from './workload.ts';

/** Offered by the gateway of compose.yaml with two keys at the scripted provider, of which none ever rests. */
const model = 'scripted-two-keys';

/** What the first key does to a request before the second one answers it, as directives of the provider. */
const mishaps: Readonly<Record<string, string>> = {
  none: '',
  limited: 'status=429 times=1',
  refused: 'status=401 times=1',
  failing: 'status=503 times=1',
  broken: 'cut=0 times=1',
};

/**
 * A gateway with several keys for one model: what the first key refuses, or breaks off before its first byte, the other
 * answers, once and whole; what breaks later is never asked for again.
 */
export const gatewayUpstreams: Workload = {
  name: 'gateway-upstreams',
  service: 'gateway',
  summary: 'chats and streams whose first key fails, with cut streams, hung-up clients and dying workers',
  shape: ({ workers }) => ({
    name: 'gateway-upstreams',
    service: 'gateway',
    clients: 4,
    workers: { gateway: workers.gateway ?? 1 },
    operations: [
      { name: 'chat', weight: 2, args: wholeArgs, whole: true },
      { name: 'stream', weight: 4, args: streamArgs, stream: true, frames: answerFrames },
    ],
    maxSteps: 8,
    faults: {
      worker: { services: ['gateway'], actions: ['stop', 'kill'] },
      stream: { effects: ['cut', 'end', 'status', 'slow-first-token'] },
      client: { actions: ['abort', 'slow-read'] },
      revertAfterMs: 500,
    },
  }),
  checks: () => [
    ...chatChecks,
    { checker: 'exactly-once' },
    { checker: 'usage-sums' },
    { checker: 'cancel-upstream', withinMs: cancelWithinMs },
  ],
  faultsEvery: 2,
  prepare: async (run) => prepareRun(run),
};

const namesOf = (names: readonly string[]) => fc.record({ mishap: fc.constantFrom(...names) });
// Half of a whole answer may have been passed on when it breaks: no other can be asked for then.
const wholeArgs = namesOf(Object.keys(mishaps).filter((name) => name !== 'broken'));
const streamArgs = namesOf(Object.keys(mishaps));

function prepareRun({ plan }: PlanRun): PreparedRun {
  return {
    meaning: chatMeaning,
    perform: async (operation, client) => {
      const planned = withMishap(operation, mishaps[String(operation.step.args.mishap ?? 'none')] ?? '');
      return operation.name === 'chat'
        ? chat(client, chatBody(planned, model, plan))
        : stream(client, streamBody(planned, model, plan));
    },
  };
}
