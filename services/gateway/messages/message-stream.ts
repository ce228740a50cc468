import type { ChatCompletionChunk } from '../../kit/chat-schema.ts';
import type { OpenaiError } from '../../kit/openai-error.ts';
import { invalidAnswer } from '../upstream/upstream-failure.ts';
import { anthropicErrorOf } from './anthropic-error.ts';
import { BlockQueue, isObject, type Segment } from './block-queue.ts';
import { type Asked, caller, inputOf, newMessageId, newThought, newToolUseId } from './message-answer.ts';
import { type ChatUsage, messageEndOf, messageUsageOf } from './message-end.ts';

/** An event of a message stream; its name on the wire is its type. */
export interface MessageEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

type Delta = ChatCompletionChunk['choices'][number]['delta'] & {
  readonly refusal?: string | null;
  readonly reasoning?: string | null;
};

/**
 * The events of one streamed message (Anthropic API reference, "Streaming messages"): `start`, then what each chunk of
 * the chat stream gives, then `end` or `fail`. Blocks follow each other, one open at a time.
 */
export class MessageStream {
  readonly #asked: Asked;
  readonly #queue = new BlockQueue();
  #open = false;
  #blocks = 0;
  #usage: ChatUsage | undefined;
  #finishReason: string | null | undefined;
  #stopReason: unknown;
  #hasRefused = false;
  #thought = newThought();

  constructor(asked: Asked) {
    this.#asked = asked;
  }

  /** Usage is estimated here, and told as the upstream counted it at the end. */
  start(): readonly MessageEvent[] {
    const message = {
      id: newMessageId(),
      type: 'message',
      role: 'assistant',
      model: this.#asked.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: messageUsageOf(undefined, this.#asked.inputTokens),
    };
    return [{ type: 'message_start', message }];
  }

  /** Throws an OpenaiError 502 when a call that was whole goes on. */
  push({ choices, usage }: ChatCompletionChunk): readonly MessageEvent[] {
    this.#usage = (usage as ChatUsage | null | undefined) ?? this.#usage;
    const [choice] = choices;
    if (choice === undefined) return [];
    this.#finishReason = choice.finish_reason ?? this.#finishReason;
    this.#stopReason = (choice as { stop_reason?: unknown }).stop_reason ?? this.#stopReason;
    this.#take((choice.delta ?? {}) as Delta);
    return this.#advance(false);
  }

  /** Throws an OpenaiError 502 when the arguments of a call are no JSON object, and no limit has cut them off. */
  end(): readonly MessageEvent[] {
    const { calls, isEmpty } = this.#queue;
    if (calls.some(({ name }) => name === '')) throw invalidAnswer(this.#asked.upstream);
    const silence: Segment = { kind: 'text', pending: '' };
    const events = isEmpty ? [this.#begin(silence), ...this.#close(silence)] : this.#advance(true);
    const end = {
      finishReason: this.#finishReason,
      stopReason: this.#stopReason,
      hasCalls: calls.length > 0,
      hasRefused: this.#hasRefused,
    };
    const delta = messageEndOf(end, this.#asked.stopSequences);
    const usage = messageUsageOf(this.#usage, this.#asked.inputTokens);
    return [...events, { type: 'message_delta', delta, usage }, { type: 'message_stop' }];
  }

  /**
   * The last event of a stream that broke: never text of the assistant, and nothing after it. A block that is whole is
   * closed before; a call whose arguments broke off is not, as some run a tool when its block ends.
   */
  fail(error: OpenaiError, requestId: string): readonly MessageEvent[] {
    const segment = this.#open ? this.#queue.current(true) : undefined;
    const isWhole = segment !== undefined && (segment.kind !== 'tool' || isObject(segment.args));
    const closing = isWhole ? this.#close(segment) : [];
    return [...closing, { ...anthropicErrorOf(error, requestId).body }];
  }

  #take(delta: Delta): void {
    const thinking = delta.reasoning_content ?? delta.reasoning;
    this.#hasRefused ||= Boolean(delta.refusal);
    const isTaken =
      (this.#asked.thinking === 'none' || this.#queue.say('thinking', thinking)) &&
      this.#queue.say('text', delta.content) &&
      this.#queue.say('text', delta.refusal);
    if (!isTaken) throw invalidAnswer(this.#asked.upstream);
    for (const { index = 0, id, function: called } of delta.tool_calls ?? []) {
      const piece = {
        ...(id ? { id } : {}),
        ...(called?.name ? { name: called.name } : {}),
        ...(called?.arguments ? { args: called.arguments } : {}),
      };
      if (!this.#queue.call(index, piece)) throw invalidAnswer(this.#asked.upstream);
    }
  }

  #advance(isOver: boolean): readonly MessageEvent[] {
    const events: MessageEvent[] = [];
    for (;;) {
      const segment = this.#queue.current(isOver);
      if (segment === undefined) return events;
      if (!this.#open) events.push(this.#begin(segment));
      events.push(...this.#deltas(segment));
      if (!this.#queue.isWhole(segment, isOver)) return events;
      const isCut = this.#finishReason === 'length';
      if (segment.kind === 'tool' && inputOf(segment.args, isCut) === undefined) {
        throw invalidAnswer(this.#asked.upstream);
      }
      events.push(...this.#close(segment));
      this.#queue.close();
    }
  }

  #begin(segment: Segment): MessageEvent {
    this.#open = true;
    return { type: 'content_block_start', index: this.#blocks, content_block: emptyBlock(segment) };
  }

  #deltas(segment: Segment): readonly MessageEvent[] {
    const { kind, pending } = segment;
    segment.pending = '';
    if (kind === 'thinking') this.#thought.update(pending);
    const isHidden = kind === 'thinking' && this.#asked.thinking === 'omitted';
    return pending === '' || isHidden ? [] : [this.#delta(deltaOf(kind, pending))];
  }

  #delta(delta: object): MessageEvent {
    return { type: 'content_block_delta', index: this.#blocks, delta };
  }

  #close(segment: Segment): readonly MessageEvent[] {
    const signed = segment.kind === 'thinking' ? [this.#delta(this.#signature())] : [];
    const events = [...signed, { type: 'content_block_stop', index: this.#blocks }];
    this.#open = false;
    this.#blocks += 1;
    return events;
  }

  #signature(): object {
    const signature = this.#thought.digest('base64');
    this.#thought = newThought();
    return { type: 'signature_delta', signature };
  }
}

function emptyBlock(segment: Segment): object {
  if (segment.kind === 'thinking') return { type: 'thinking', thinking: '', signature: '' };
  if (segment.kind !== 'tool') return { type: 'text', text: '', citations: null };
  segment.id ??= newToolUseId();
  return { type: 'tool_use', id: segment.id, name: segment.name, input: {}, caller };
}

function deltaOf(kind: Segment['kind'], piece: string): object {
  if (kind === 'text') return { type: 'text_delta', text: piece };
  if (kind === 'thinking') return { type: 'thinking_delta', thinking: piece };
  return { type: 'input_json_delta', partial_json: piece };
}
