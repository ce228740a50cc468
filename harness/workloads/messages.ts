import type { StreamEffectKind } from '../plan/fault.ts';
import type { Plan } from '../plan/plan.ts';
import {
  answerFrames,
  answerOf,
  callMeaning,
  cancelWithinMs,
  chatChecks,
  longBody,
  longMeaning,
  paceOf,
  secretOf,
  spoken,
  words,
} from './chat-call.ts';
import { message, messageStream } from './messages-call.ts';
import type { Completion, Meaning, Operation, PlanRun, PreparedRun, Workload } from './workload.ts';

/** What an agent does not stand before: every message is one call of the model. */
const model = 'scripted-direct';
const mostTokens = 100_000;
const effects: readonly StreamEffectKind[] = [
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
const note = {
  name: 'note',
  description: 'Writes something down',
  input_schema: { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] },
};

/**
 * The gateway's /v1/messages: messages whole and streamed, calls of a tool, and turns behind calls whose results come in
 * the wrong order with text between. Each answer holds a text that only its client may see, and every stream keeps to the
 * grammar of the API.
 */
export const messages: Workload = {
  name: 'messages',
  service: 'gateway',
  summary:
    'messages, tool calls and their results over /v1/messages, with cut streams, hung-up clients and dying workers',
  shape: (stack) => ({
    name: 'messages',
    service: 'gateway',
    clients: 4,
    workers: { gateway: stack.workers.gateway ?? 1 },
    operations: [
      { name: 'message', weight: 2, whole: true },
      { name: 'stream', weight: 3, stream: true, frames: answerFrames },
      { name: 'call', weight: 2, stream: true, frames: callFrames },
      { name: 'turn', weight: 2, stream: true, frames: answerFrames },
      { name: 'long' },
    ],
    maxSteps: 8,
    faults: {
      worker: { services: ['gateway'], actions: ['stop', 'kill'] },
      stream: { effects },
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
  links: ['client>gateway', 'gateway>provider'],
  prepare: async (run) => prepareRun(run),
};

/** Pieces of the input that `called` is written down with: 12 characters each, and the name before them. */
const callFrames = 3;

/** What the model writes down: it repeats what it was asked. */
const called = (operation: Operation) => JSON.stringify({ text: answerOf(operation, words) });

/** What the model says to two results: it repeats both, in the order of their calls. */
const told = (operation: Operation) => [answerOf(operation, words.slice(0, 4)), 'nothing else'];
const repeated = (operation: Operation) =>
  told(operation)
    .map((result) => `The tool answered: ${result}`)
    .join('\n');

function prepareRun({ plan }: PlanRun): PreparedRun {
  return {
    meaning: (operation): Meaning => {
      switch (operation.name) {
        case 'call':
          return callMeaning(operation, called(operation));
        case 'turn':
          return callMeaning(operation, repeated(operation));
        case 'long':
          return longMeaning(operation);
        default:
          return callMeaning(operation, answerOf(operation, words));
      }
    },
    perform: (operation, client): Promise<Completion> => {
      const body = { model, max_tokens: mostTokens, ...bodyOf(operation, plan) };
      return operation.name === 'message' ? message(client, body) : messageStream(client, body);
    },
  };
}

function bodyOf(operation: Operation, plan: Plan): object {
  const pace = `[[${paceOf(operation, plan)}]]`;
  const asks = (text: string) => ({ role: 'user', content: `${text} ${operation.mark} ${pace}` });
  switch (operation.name) {
    case 'call':
      return {
        tools: [note],
        tool_choice: { type: 'tool', name: note.name },
        messages: [asks(answerOf(operation, words))],
      };
    case 'turn':
      return { tools: [note], messages: [asks('Write it down'), ...turnOf(operation)] };
    case 'long': {
      const { messages: long } = longBody(operation, model) as { messages: object[] };
      return { messages: long };
    }
    default:
      return { messages: [asks(`Hello [[${spoken(operation, words)}]]`)] };
  }
}

/** Two calls with text behind them, and their results the other way round, in two messages. */
function turnOf(operation: Operation): readonly object[] {
  const [first, second] = told(operation);
  const use = (id: string) => ({
    type: 'tool_use',
    id,
    name: note.name,
    input: { text: secretOf(operation) },
  });
  const result = (id: string, content: string | undefined) => ({
    type: 'tool_result',
    tool_use_id: id,
    content,
  });
  return [
    { role: 'assistant', content: [use('a'), { type: 'text', text: 'And also:' }, use('b')] },
    { role: 'user', content: [result('b', second)] },
    { role: 'user', content: [result('a', first)] },
  ];
}
