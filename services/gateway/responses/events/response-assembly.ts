import { CallWriter, type ModelCallOfTool } from './call-writer.ts';
import { addUsage, annotationsOf, type ChatPiece, choiceOf, logprobsOf, textIn } from './chat-delta.ts';
import { MessageWriter } from './message-writer.ts';
import { OutputWriter } from './output-writer.ts';
import { ReasoningWriter, type SummaryKind } from './reasoning-writer.ts';
import type {
  ItemStatus,
  NewId,
  ResponseEvent,
  ResponseFailure,
  ResponseObject,
  ResponseStatus,
  ResponseUsage,
} from './response-event.ts';

export interface AssemblyOptions {
  readonly newId: NewId;
  readonly summary?: SummaryKind | undefined;
  /** Names of functions that the gateway answers itself. */
  readonly isHosted?: (name: string) => boolean;
}

/** What one round of the model left to do. */
export interface Turn {
  readonly text: string;
  readonly hostedCalls: readonly ModelCallOfTool[];
  /** Cut by a limit or a filter: calls may be incomplete. */
  readonly isCut: boolean;
  /** The client has to answer a call, or the round was cut: no further round can follow. */
  readonly isLast: boolean;
}

/**
 * The events of one response, from the chunks of one or more chat completions (rounds) and the runs of tools between
 * them. Pure: it neither waits nor knows the time. Order and numbers follow the API's grammar: `response.created` first,
 * each item added before its events and ended after them, one terminal event last with the same items.
 */
export class ResponseAssembly {
  readonly out: OutputWriter;
  readonly #base: ResponseObject;
  readonly #summary: SummaryKind | undefined;
  readonly #isHosted: (name: string) => boolean;
  #message: MessageWriter | undefined;
  #reasoning: ReasoningWriter | undefined;
  /** Calls of this round by the upstream's index, and in the order in which they began. */
  #callAt = new Map<number, CallWriter>();
  #calls: CallWriter[] = [];
  #text = '';
  #finish: string | null = null;
  #usage: ResponseUsage | null = null;

  constructor(base: ResponseObject, { newId, summary, isHosted = () => false }: AssemblyOptions) {
    this.out = new OutputWriter(newId);
    this.#base = base;
    this.#summary = summary;
    this.#isHosted = isHosted;
  }

  begin(): readonly ResponseEvent[] {
    if (this.#base.background === true) {
      this.out.emit('response.created', { response: this.snapshot('queued') });
      this.out.emit('response.queued', { response: this.snapshot('queued') });
    } else this.out.emit('response.created', { response: this.snapshot('in_progress') });
    this.out.emit('response.in_progress', { response: this.snapshot('in_progress') });
    return this.out.take();
  }

  push(piece: ChatPiece): readonly ResponseEvent[] {
    this.#usage = addUsage(this.#usage, piece.usage);
    const choice = choiceOf(piece);
    if (choice === undefined) return [];
    const { delta } = choice;
    const thought = textIn(delta?.reasoning_content) || textIn(delta?.reasoning);
    if (thought) this.#openReasoning().text(thought);
    const said = textIn(delta?.content);
    if (said) {
      this.#text += said;
      this.#openMessage().text(said, logprobsOf(choice));
    }
    const refused = textIn(delta?.refusal);
    if (refused) this.#openMessage().refuse(refused);
    for (const annotation of annotationsOf(delta?.annotations)) this.#openMessage().annotate(annotation);
    for (const fragment of delta?.tool_calls ?? []) {
      this.#closeTexts('completed');
      this.#callFor(fragment.index ?? 0, fragment.id).push(
        fragment.id,
        fragment.function?.name,
        fragment.function?.arguments,
      );
    }
    this.#finish = choice.finish_reason ?? this.#finish;
    return this.out.take();
  }

  /** Ends the items of a round; the events are taken with the next ones. */
  endTurn(): Turn {
    const cut = this.#cutReason !== null;
    const turn = {
      text: this.#text,
      hostedCalls: this.#calls.filter(({ hosted }) => hosted).map(({ call }) => call),
      isCut: cut,
      isLast: cut || this.#calls.some(({ hosted }) => !hosted),
    };
    this.#closeAll(cut ? 'incomplete' : 'completed');
    return turn;
  }

  /** The end of a good answer; one without any output says so by an empty message. The terminal event is the last. */
  complete(completedAt: number): readonly ResponseEvent[] {
    if (this.out.output.length === 0) this.#openMessage().text('');
    const reason = this.#cutReason;
    this.#closeAll(reason === null ? 'completed' : 'incomplete');
    if (reason === null) return this.#end('completed', { completed_at: completedAt });
    return this.#end('incomplete', { incomplete_details: { reason } });
  }

  fail(error: ResponseFailure): readonly ResponseEvent[] {
    this.#closeAll('incomplete');
    return this.#end('failed', { error });
  }

  /** The client has gone or has cancelled: the API has no event of that name, so the stream ends as incomplete. */
  cancel(): readonly ResponseEvent[] {
    this.#closeAll('incomplete');
    return this.#end('incomplete', { status: 'cancelled' });
  }

  snapshot(status: ResponseStatus, fields: Partial<ResponseObject> = {}): ResponseObject {
    return { ...this.#base, status, output: this.out.output, ...fields };
  }

  #end(
    status: 'completed' | 'incomplete' | 'failed',
    fields: Partial<ResponseObject>,
  ): readonly ResponseEvent[] {
    this.out.emit(`response.${status}`, {
      response: this.snapshot(status, { usage: this.#usage, ...fields }),
    });
    return this.out.take();
  }

  get #cutReason(): 'max_output_tokens' | 'content_filter' | null {
    if (this.#finish === 'length') return 'max_output_tokens';
    return this.#finish === 'content_filter' ? 'content_filter' : null;
  }

  #openMessage(): MessageWriter {
    this.#reasoning?.close('completed');
    this.#reasoning = undefined;
    this.#message ??= new MessageWriter(this.out);
    return this.#message;
  }

  #openReasoning(): ReasoningWriter {
    this.#message?.close('completed');
    this.#message = undefined;
    this.#reasoning ??= new ReasoningWriter(this.out, this.#summary);
    return this.#reasoning;
  }

  #callFor(index: number, id: string | null | undefined): CallWriter {
    const known = this.#callAt.get(index);
    if (known && !known.isOther(id)) return known;
    const call = new CallWriter(this.out, this.#isHosted);
    this.#callAt.set(index, call);
    this.#calls.push(call);
    return call;
  }

  #closeTexts(status: ItemStatus): void {
    this.#reasoning?.close(status);
    this.#message?.close(status);
    this.#reasoning = undefined;
    this.#message = undefined;
  }

  #closeAll(status: ItemStatus): void {
    this.#closeTexts(status);
    for (const call of this.#calls) call.close(status);
    this.#callAt = new Map();
    this.#calls = [];
    this.#text = '';
  }
}
