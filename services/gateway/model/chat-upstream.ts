import { type Dispatcher, request } from 'undici';
import type { ChatCompletion, ChatCompletionChunk, Usage } from '../../kit/chat-schema.ts';
import type { OpenaiError } from '../../kit/openai-error.ts';
import { readBody } from '../upstream/bounded-body.ts';
import { connectionFailure, invalidAnswer, refusal } from '../upstream/upstream-failure.ts';
import { chatChunks } from './chat-stream.ts';
import {
  agentRequest,
  type ModelCall,
  type ModelPlane,
  providerRequest,
  type UpstreamOutcome,
  type UpstreamRequest,
} from './model-call.ts';

const maxAnswerBytes = 64 * 1024 * 1024;
const maxRefusalBytes = 1024 * 1024;
/** How long a finished upstream may take to close its stream before its connection is given up. */
const closeGraceMs = 1_000;

type Body = Dispatcher.ResponseData['body'];

/** Asks for a whole completion. Throws an OpenaiError, with the upstream's status and `retryAfter` if it refused. */
export async function completeChat(plane: ModelPlane, call: ModelCall): Promise<ChatCompletion> {
  const sent = requestOf(call, false);
  const watch = observed(plane, call, sent.upstream);
  const bounded = AbortSignal.any([call.signal, AbortSignal.timeout(plane.requestTimeoutMs)]);
  try {
    const body = await open(plane, sent, bounded);
    const completion = completionOf(await readBody(body, maxAnswerBytes), sent.upstream);
    watch.success(completion.usage);
    return completion;
  } catch (cause) {
    throw watch.failure(cause);
  }
}

/**
 * Asks for a stream; resolves when the upstream has accepted. What the upstream refuses is thrown at once, what breaks
 * later is thrown by the iterator: OpenaiErrors, both. The iterator returns only after the upstream's `[DONE]`; leaving
 * it early hangs up. The last chunk before its end may have no choices and the `usage` of the call.
 */
export async function streamChat(
  plane: ModelPlane,
  call: ModelCall,
): Promise<AsyncGenerator<ChatCompletionChunk, void>> {
  const sent = requestOf(call, true);
  const watch = observed(plane, call, sent.upstream);
  try {
    return chunks(await open(plane, sent, call.signal), sent.upstream, watch);
  } catch (cause) {
    throw watch.failure(cause);
  }
}

async function* chunks(
  body: Body,
  who: string,
  watch: ReturnType<typeof observed>,
): AsyncGenerator<ChatCompletionChunk, void> {
  let usage: Usage | undefined;
  let complete = false;
  try {
    for await (const chunk of chatChunks(body, who)) {
      watch.first();
      usage = chunk.usage ?? usage;
      yield chunk;
    }
    complete = true;
  } catch (cause) {
    throw watch.failure(cause);
  } finally {
    if (complete) {
      // The upstream ends on its own: its connection stays usable, and it sees no hang-up after a whole answer.
      body.dump({ limit: maxAnswerBytes, signal: AbortSignal.timeout(closeGraceMs) }).catch(() => undefined);
      watch.success(usage);
    } else {
      body.on('error', () => undefined).destroy();
      watch.cancelled();
    }
  }
}

function requestOf(call: ModelCall, stream: boolean): UpstreamRequest {
  const { target } = call;
  if (target.kind === 'agent') return agentRequest(call, target.agent.url, stream);
  const provider = target.providers[0] as (typeof target.providers)[number];
  return providerRequest(call, provider, provider.apiKeys?.[0], stream);
}

/** Sends a request and waits for status 200 and the expected content type. */
async function open(plane: ModelPlane, sent: UpstreamRequest, signal: AbortSignal): Promise<Body> {
  const { statusCode, headers, body } = await request(sent.url, {
    method: 'POST',
    headers: sent.headers,
    body: sent.body,
    dispatcher: plane.dispatcher,
    signal,
  });
  if (statusCode !== 200) {
    const text = (await readBody(body, maxRefusalBytes)).toString('utf8');
    throw refusedWith(refusal(statusCode, text, sent.upstream, single(headers['retry-after'])));
  }
  if (
    !single(headers['content-type'])
      ?.toLowerCase()
      .startsWith(sent.headers.accept ?? '')
  ) {
    body.on('error', () => undefined).destroy();
    throw invalidAnswer(sent.upstream);
  }
  return body;
}

/** Tells the plane once how a request ended, and turns what was thrown into an OpenaiError. */
function observed(plane: ModelPlane, call: ModelCall, upstream: string) {
  const from = performance.now();
  const sinceMs = () => performance.now() - from;
  let firstMs: number | undefined;
  let told = false;
  const tell = (result: UpstreamOutcome['result'], more: Partial<UpstreamOutcome> = {}) => {
    if (told) return;
    told = true;
    plane.observe({ upstream, model: call.target.model, result, latencyMs: sinceMs(), firstMs, ...more });
  };
  return {
    first: () => {
      firstMs ??= sinceMs();
    },
    success: (usage: Usage | undefined) => tell('success', { usage, status: 200 }),
    cancelled: () => tell('cancelled'),
    failure: (cause: unknown): OpenaiError => {
      const error = connectionFailure(cause, upstream);
      if (call.signal.aborted) tell('cancelled');
      else tell('failure', { status: error.statusCode });
      return error;
    },
  };
}

function refusedWith({ error, retryAfter }: ReturnType<typeof refusal>): OpenaiError {
  return retryAfter === undefined ? error : Object.assign(error, { retryAfter });
}

function completionOf(bytes: Buffer, who: string): ChatCompletion {
  try {
    const value = JSON.parse(bytes.toString('utf8'));
    if (Array.isArray(value?.choices) && value.choices.length > 0) return value;
  } catch {
    // Answered below: the text of an upstream's mistake is nothing for a client.
  }
  throw invalidAnswer(who);
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
