import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type Answer, usageOf } from './answer.ts';
import { ApiError } from './api-error.ts';
import { type Call, readCall } from './call.ts';
import {
  type ChatRequest,
  filesOf,
  imageUrlsOf,
  type Message,
  readChatRequest,
  textOf,
} from './chat-request.ts';
import {
  type CompletionRequest,
  readCompletionRequest,
  textCompletionOf,
  textFramesOf,
} from './completions.ts';
import { type Delivery, deliverJson, deliverStream } from './deliver.ts';
import { type Directives, undisturbed } from './directives.ts';
import { faultOf } from './fault.ts';
import { completionOf, type Frame, framesOf, type Stamp } from './frames.ts';
import type { Holds } from './holds.ts';
import type { Disturbance, Journal, JournalEntry, SeenMessage } from './journal.ts';
import type { Pacing } from './pacing.ts';
import { parseBody } from './request-body.ts';
import { answer } from './rules/table.ts';

const TEXT_LIMIT = 4_000;
const MESSAGE_LIMIT = 60;

/** An API that asks for text: what of a body is a chat, and how the answer to it is written. */
interface TextApi<R extends ChatRequest> {
  readonly path: string;
  /** Throws {@link ApiError} 400. */
  readonly read: (body: unknown) => R;
  readonly whole: (request: R, answer: Answer, stamp: Stamp) => object;
  readonly frames: (request: R, answer: Answer, stamp: Stamp) => Iterable<Frame>;
}

const chat: TextApi<ChatRequest> = {
  path: '/v1/chat/completions',
  read: readChatRequest,
  whole: completionOf,
  frames: framesOf,
};
const completions: TextApi<CompletionRequest> = {
  path: '/v1/completions',
  read: readCompletionRequest,
  whole: textCompletionOf,
  frames: textFramesOf,
};

/** The routes that answer with text; `defaults` paces every answer whose request asks for nothing else. */
export function chatRoutes(server: FastifyInstance, journal: Journal, holds: Holds, defaults: Pacing): void {
  addTextRoute(chat, server, journal, holds, defaults);
  addTextRoute(completions, server, journal, holds, defaults);
}

function addTextRoute<R extends ChatRequest>(
  api: TextApi<R>,
  server: FastifyInstance,
  journal: Journal,
  holds: Holds,
  defaults: Pacing,
): void {
  server.post(api.path, async (request, reply) => {
    const raw = request.body as Buffer;
    const asked = api.read(parseBody(raw));
    const call = stillDisturbed(readCall(asked), journal);
    const planned = answer(call);
    const entry = journal.open(entryOf(request, call, planned, raw));
    observe(journal, entry, reply);
    const { status, retryAfterSeconds } = call.directives;
    if (status !== undefined && status >= 400 && status <= 599) {
      journal.change(entry, {
        status,
        disturbed: disturbedBy(entry, { kind: 'status', at: Date.now(), status }),
      });
      // It quotes its key, as some model APIs do.
      const key = request.headers.authorization ?? 'none';
      throw new ApiError(status, `The request asked for status ${status}, with the key ${key}.`, {
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      });
    }
    reply.hijack();
    const stamp = { id: `chatcmpl-${randomUUID()}`, createdSeconds: Math.floor(entry.arrivedAt / 1000) };
    const delivery = deliveryOf(call, entry, reply, journal, holds, defaults);
    if (asked.stream) return deliverStream(reply.raw, api.frames(asked, planned, stamp), delivery);
    const tokens = usageOf(planned, asked.choices).completion_tokens;
    return deliverJson(reply.raw, api.whole(asked, planned, stamp), tokens, delivery);
  });
}

/** Disturbs an operation only as many `times` as its directives say. */
function stillDisturbed(call: Call, journal: Journal): Call {
  const { op, times } = call.directives;
  if (op === undefined || times === undefined) return call;
  const before = journal.find({ op, kind: call.kind }).length;
  return before < times ? call : { ...call, directives: undisturbed(call.directives) };
}

function deliveryOf(
  { directives }: Call,
  entry: JournalEntry,
  reply: FastifyReply,
  journal: Journal,
  holds: Holds,
  defaults: Pacing,
): Delivery {
  const fault = faultOf(directives);
  return {
    pacing: {
      ttftMs: directives.ttftMs ?? defaults.ttftMs,
      tokensPerSecond: directives.tokensPerSecond ?? defaults.tokensPerSecond,
    },
    fault,
    pieceBytes: directives.pieceBytes,
    hold: holdOf(directives, holds),
    onFrame: (framesSent) => {
      entry.status = 200;
      entry.framesSent = framesSent;
    },
    onFault: (afterFrames) => {
      const happened = { kind: fault?.kind ?? '', afterFrames, at: Date.now() };
      const status = reply.raw.headersSent ? 200 : 500;
      journal.change(entry, { fault: happened, status, disturbed: disturbedBy(entry, happened) });
    },
    onFirst: (waitedMs) => {
      if (directives.ttftMs === undefined) return;
      const late = { kind: 'slow-first-token', at: Date.now(), waitedMs };
      journal.change(entry, { disturbed: disturbedBy(entry, late) });
    },
  };
}

const disturbedBy = ({ disturbed = [] }: JournalEntry, what: Disturbance): readonly Disturbance[] => [
  ...disturbed,
  what,
];

function holdOf({ op, hold }: Directives, holds: Holds): Delivery['hold'] {
  if (op === undefined || hold === undefined) return undefined;
  return { afterFrames: hold, released: (gone) => holds.wait(op, gone) };
}

/** Notes how the exchange ended. `finish` means that all bytes went out; `close` without it, that the peer left. */
function observe(journal: Journal, entry: JournalEntry, reply: FastifyReply): void {
  reply.raw.once('finish', () => {
    if (entry.fault === undefined) journal.change(entry, { completedAt: Date.now() });
  });
  reply.raw.once('close', () => {
    const ours = entry.fault !== undefined && entry.fault.kind !== 'stall';
    if (entry.completedAt === undefined && !ours) journal.change(entry, { hungUpAt: Date.now() });
    journal.close(entry);
  });
}

function entryOf({ url, headers }: FastifyRequest, call: Call, planned: Answer, raw: Buffer): JournalEntry {
  const usage = usageOf(planned, call.request.choices);
  return {
    id: randomUUID(),
    op: call.directives.op ?? null,
    kind: call.kind,
    path: url,
    keySha256: headers.authorization === undefined ? null : sha256(headers.authorization),
    model: call.request.model,
    stream: call.request.stream,
    arrivedAt: Date.now(),
    requestText: call.userText.slice(0, TEXT_LIMIT),
    messages: call.request.messages.slice(-MESSAGE_LIMIT).map(bounded),
    tools: call.request.tools.map((tool) => tool.function.name),
    ...(call.request.toolChoice === undefined ? {} : { toolChoice: call.request.toolChoice }),
    parameters: call.request.parameters,
    structures: call.request.structures,
    files: filesOf(call.request.messages).map(({ name, data }) => ({ name, sha256: sha256(data) })),
    imageSha256: imageUrlsOf(call.request.messages).map(sha256),
    bodySha256: sha256(raw),
    usage: { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens },
    saysUsage: !call.request.stream || call.request.includeUsage,
    answerText: planned.text.slice(0, TEXT_LIMIT),
    status: null,
    framesSent: 0,
  };
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function bounded(message: Message): SeenMessage {
  const { role, content, reasoning_content: reasoning, tool_calls: calls, tool_call_id: callId } = message;
  // Whatever a request says: nobody has looked at its calls before.
  const called = (Array.isArray(calls) ? calls : []).map(({ id, function: called }) => ({
    id: String(id),
    name: String(called?.name),
    arguments: String(called?.arguments).slice(0, TEXT_LIMIT),
  }));
  return {
    role,
    text: textOf(message).slice(0, TEXT_LIMIT),
    ...(Array.isArray(content) ? { parts: content.map(({ type }) => type) } : {}),
    ...(typeof reasoning === 'string' ? { reasoning: reasoning.slice(0, TEXT_LIMIT) } : {}),
    ...(called.length > 0 ? { toolCalls: called } : {}),
    ...(callId === undefined ? {} : { toolCallId: callId }),
  };
}
