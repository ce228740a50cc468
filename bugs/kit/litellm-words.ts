import type { EventFrame } from '../../harness/event-frames.ts';
import { checkEvents as checkMessage } from '../../harness/messages/grammar.ts';
import { readEvents as readMessage } from '../../harness/messages/read-events.ts';
import { checkEvents as checkResponse } from '../../harness/responses/grammar.ts';
import { readEvents as readResponse } from '../../harness/responses/read-events.ts';
import { callMeaning, secretOf } from '../../harness/workloads/chat-call.ts';
import { streamSeen, textOf } from '../../harness/workloads/chat-frame.ts';
import {
  type Client,
  type Completion,
  completionOf,
  type Operation,
  type StreamRequest,
  type Workload,
} from '../../harness/workloads/workload.ts';

/** A provider that has chat completions alone, so that LiteLLM's other APIs are bridges to them. */
const model = 'scripted-by-litellm';
const status = 'status';
/** What Ollama's tiny model says to whatever it is asked. */
const sentence = 'The quick brown fox jumps over the lazy dog and then it sleeps under a tree .';

/**
 * What LiteLLM makes of a model's words and refusals: a streamed refusal must say its words, a request that the model
 * cannot process must be refused as one, and streams over its bridges must keep the grammar of their APIs. What breaks the
 * grammar is told as text, which no answer has. Where there is Ollama, chunks of its answers must have one id.
 */
export default {
  name: 'litellm-words',
  service: 'litellm',
  summary:
    'refusals of the model, requests that it cannot process, and streams over the bridges to other APIs',
  shape: ({ workers, has }) => ({
    name: 'litellm-words',
    service: 'litellm',
    clients: 2,
    workers: { litellm: workers.litellm ?? 1 },
    operations: [
      { name: 'decline' },
      { name: 'unprocessable', keys: [status] },
      { name: 'respond' },
      { name: 'think' },
      ...(has('ollama') ? [{ name: 'tell' }] : []),
    ],
    maxSteps: 4,
  }),
  checks: () => [{ checker: 'answer-matches' }, { checker: 'linearizable' }],
  prepare: async ({ stack }) => {
    const key = String(stack.setting('LITELLM_MASTER_KEY'));
    const ask = { headers: { authorization: `Bearer ${key}`, 'anthropic-version': '2023-06-01' } };
    return {
      initial: () => ({ [status]: 'refused as what it is' }),
      meaning: (operation) => {
        if (operation.name === 'unprocessable') return { does: 'read', key: status };
        return callMeaning(operation, operation.name === 'tell' ? sentence : secretOf(operation));
      },
      perform: async (operation, client) => {
        switch (operation.name) {
          case 'unprocessable':
            return await refusedOf(client, ask.headers, operation);
          case 'decline':
            return await streamed(client, { ...ask, ...declined(operation), frame: chatReader });
          case 'respond':
            return await streamed(client, { ...ask, ...responded(operation), frame: responseReader() });
          case 'tell':
            return await streamed(client, {
              ...ask,
              ...asked('ollama-tiny', 'Tell me a story'),
              frame: idReader(),
            });
          default:
            return await streamed(client, { ...ask, ...thought(operation), frame: messageReader() });
        }
      },
    };
  },
} satisfies Workload;

const says = (operation: Operation, directives: string) =>
  `Hello ${operation.mark} [[${directives}=${secretOf(operation)}]]`;

const asked = (of: string, content: string) => ({
  path: '/v1/chat/completions',
  body: { model: of, stream: true, messages: [{ role: 'user', content }] },
});

const declined = (operation: Operation) => asked(model, says(operation, 'refuse'));

const responded = (operation: Operation) => ({
  path: '/v1/responses',
  body: { model, stream: true, input: says(operation, 'say') },
});

const thought = (operation: Operation) => ({
  path: '/v1/messages',
  body: {
    ...{ model, stream: true, max_tokens: 4_000, thinking: { type: 'enabled', budget_tokens: 1_024 } },
    messages: [{ role: 'user', content: says(operation, 'think=hm say') }],
  },
});

/** 422 of the model is 422, or 400 in its place: anything else is told as it is. */
async function refusedOf(
  client: Client,
  headers: Readonly<Record<string, string>>,
  { mark }: Operation,
): Promise<Completion> {
  const body = { model, stream: true, messages: [{ role: 'user', content: `Hello ${mark} [[status=422]]` }] };
  const answer = await client.request({ path: '/v1/chat/completions', body, headers });
  const isRefused = [400, 422].includes(answer.status);
  return { type: 'ok', value: isRefused ? 'refused as what it is' : `status ${answer.status}` };
}

async function streamed(client: Client, request: StreamRequest): Promise<Completion> {
  const answer = await client.stream(request);
  if (answer.status !== 200) return completionOf(answer);
  return { type: 'ok', status: answer.status, value: textOf(answer), stream: streamSeen(answer) };
}

type Reader = NonNullable<StreamRequest['frame']>;

/** Text of a chat, said or refused. */
const chatReader: Reader = (data) => {
  if (data === '[DONE]') return { done: true };
  const { delta = {} } = JSON.parse(data).choices?.[0] ?? {};
  const text = delta.content ?? delta.refusal;
  return text ? { text } : undefined;
};

/** Text of a chat of one id; a chunk with another one is told as text. */
function idReader(): Reader {
  const ids = new Set<unknown>();
  let text = '';
  return (data, event) => {
    if (data !== '[DONE]' && ids.add(JSON.parse(data).id).size > 1) {
      ids.clear();
      return { text: '⟨another id⟩' };
    }
    const frame = chatReader(data, event);
    if (!frame || !('text' in frame)) return frame;
    const said = text === '' ? frame.text.trimStart() : frame.text;
    text += said;
    return { text: said };
  };
}

/** Text of a stream of events; where one breaks the grammar, that is told as text. */
function eventReader(
  findingsIn: (frames: readonly EventFrame[]) => readonly { readonly at: number; readonly says: string }[],
): Reader {
  const frames: EventFrame[] = [];
  let told = 0;
  return (data, event) => {
    frames.push({ event, data });
    if (data === '[DONE]') return undefined;
    const { type, delta } = JSON.parse(data);
    if (ends.includes(type)) return { done: true };
    // What is said of the place behind the last one is missing as yet.
    const findings = findingsIn(frames).filter(({ at }) => at < frames.length);
    if (findings.length > told) {
      told = findings.length;
      return { text: `⟨${type}: ${findings.at(-1)?.says}⟩` };
    }
    const text = type === 'response.output_text.delta' ? delta : delta?.text;
    return text ? { text } : undefined;
  };
}

const responseReader = () =>
  eventReader((frames) => {
    const { events, findings } = readResponse(frames);
    return [...findings, ...checkResponse(events)];
  });

const messageReader = () =>
  eventReader((frames) => {
    const { events, findings } = readMessage(frames);
    return [...findings, ...checkMessage(events).findings];
  });

const ends: readonly unknown[] = ['response.completed', 'message_stop'];
