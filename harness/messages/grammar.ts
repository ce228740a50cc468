import { errorTypes, type Finding, type Report } from './finding.ts';
import { addDelta, beginBlock, type EndedBlock, endBlock, type OpenBlock } from './open-block.ts';
import { isObject, type JsonObject, type MessageEvent, objectOf, shown, textOf } from './read-events.ts';

/** A stream as its rules see it. */
export interface CheckedStream {
  /** The places where it breaks a rule of `grammarRules`, in their order; none for a good stream. */
  readonly findings: readonly Finding[];
  /** Blocks that have ended. */
  readonly blocks: readonly EndedBlock[];
  /** The block that had not ended when the stream had. */
  readonly open?: OpenBlock | undefined;
  readonly stopReason: string | undefined;
  /** How it ended: whole, with an error, or not at all. */
  readonly end: 'message_stop' | 'error' | undefined;
}

const reasons: readonly string[] = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
];
/** Reasons that have the last word, whatever has been called before. */
const cutShort: readonly string[] = ['max_tokens', 'refusal', 'pause_turn', 'model_context_window_exceeded'];

/** Holds a whole stream of message events to its grammar. */
export function checkEvents(events: readonly MessageEvent[]): CheckedStream {
  const checker = new Checker();
  for (const [at, event] of events.entries()) checker.take(event, at);
  return checker.finish(events.length);
}

class Checker {
  readonly #findings: Finding[] = [];
  readonly #blocks: EndedBlock[] = [];
  readonly #ids = new Set<string>();
  #open: OpenBlock | undefined;
  #next = 0;
  #started = false;
  #deltas = 0;
  #outputTokens = 0;
  #reason: string | undefined;
  #end: CheckedStream['end'];

  take(event: MessageEvent, at: number): void {
    const report: Report = (rule, says) => this.#findings.push({ rule, at, event: event.type, says });
    if (this.#end !== undefined) report('end', `it comes after ${this.#end}`);
    if (event.type === 'ping') return;
    if (event.type === 'error') {
      this.#end = 'error';
      checkError(event.error, report);
      return;
    }
    if (event.type !== 'message_start' && !this.#started) report('start', 'it comes before message_start');
    switch (event.type) {
      case 'message_start':
        this.#start(event.message, report);
        break;
      case 'content_block_start':
        this.#begin(event, report);
        break;
      case 'content_block_delta':
        this.#delta(event, report);
        break;
      case 'content_block_stop':
        this.#stop(event, report);
        break;
      case 'message_delta':
        this.#messageDelta(event, report);
        break;
      case 'message_stop':
        if (this.#deltas === 0) report('reason', 'no message_delta came before');
        if (this.#open) report('stop', `block ${this.#open.index} has not ended`);
        this.#end = 'message_stop';
        break;
      default:
        report('type', 'the API has no such event');
    }
  }

  finish(count: number): CheckedStream {
    if (this.#end === undefined) {
      this.#findings.push({
        rule: 'end',
        at: count,
        event: 'end',
        says: 'neither message_stop nor an error came',
      });
    }
    return {
      findings: this.#findings,
      blocks: this.#blocks,
      open: this.#open,
      stopReason: this.#reason,
      end: this.#end,
    };
  }

  #start(message: unknown, report: Report): void {
    if (this.#started) report('start', 'it comes again');
    this.#started = true;
    const { id, type, role, content, model, stop_reason, stop_sequence, usage } = objectOf(message);
    if (textOf(id) === '' || textOf(model) === '') report('start', 'the message needs an id and a model');
    if (type !== 'message' || role !== 'assistant')
      report('start', `it is a ${shown(type)} of ${shown(role)}`);
    if (!Array.isArray(content) || content.length > 0) report('start', `it has content: ${shown(content)}`);
    if (stop_reason !== null || stop_sequence !== null) report('start', 'it has ended already');
    if (!isCount(objectOf(usage).input_tokens)) report('usage', 'it does not count its input');
    this.#count(usage, report);
  }

  #begin({ index, content_block: block }: JsonObject, report: Report): void {
    if (this.#open) report('index', `block ${this.#open.index} is still open`);
    if (index !== this.#next) report('index', `it has the index ${shown(index)}, not ${this.#next}`);
    if (this.#deltas > 0) report('reason', 'it comes after message_delta');
    this.#next += 1;
    this.#open = beginBlock(this.#next - 1, objectOf(block), this.#ids, report);
  }

  #delta({ index, delta }: JsonObject, report: Report): void {
    if (!this.#open || this.#open.index !== index) report('delta', `block ${shown(index)} is not open`);
    else addDelta(this.#open, objectOf(delta), report);
  }

  #stop({ index }: JsonObject, report: Report): void {
    if (!this.#open || this.#open.index !== index) {
      report('stop', `block ${shown(index)} is not open`);
      return;
    }
    this.#blocks.push(endBlock(this.#open, report));
    this.#open = undefined;
  }

  #messageDelta({ delta, usage }: JsonObject, report: Report): void {
    this.#deltas += 1;
    if (this.#open) report('reason', `block ${this.#open.index} is still open`);
    const { stop_reason: reason, stop_sequence: sequence } = objectOf(delta);
    this.#count(usage, report);
    if (!reasons.includes(textOf(reason))) {
      report('reason', `${shown(reason)} is no reason`);
      return;
    }
    this.#reason = textOf(reason);
    const hasCalls = this.#blocks.some(({ type }) => type === 'tool_use');
    if (hasCalls !== (reason === 'tool_use') && !(hasCalls && cutShort.includes(textOf(reason)))) {
      report('reason', `${textOf(reason)} ${hasCalls ? 'after' : 'without'} a call`);
    }
    if ((reason === 'stop_sequence') !== (typeof sequence === 'string')) {
      report('reason', `${textOf(reason)} with the stop sequence ${shown(sequence)}`);
    }
    // Of a message that a limit cut off the last call may be a part.
    const calls = this.#blocks.filter(({ type }) => type === 'tool_use');
    for (const [at, { name, input }] of calls.entries()) {
      const mayBePart = cutShort.includes(textOf(reason)) && at === calls.length - 1;
      if (!input && !mayBePart) report('input', `the input of ${name} is no JSON object`);
    }
  }

  #count(usage: unknown, report: Report): void {
    const { output_tokens: output } = objectOf(usage);
    if (!isCount(output)) report('usage', 'it does not count its output');
    else if (output < this.#outputTokens) report('usage', `${output} tokens after ${this.#outputTokens}`);
    else this.#outputTokens = output;
    const others = Object.entries(objectOf(usage)).filter(([name]) =>
      /_input_tokens$|^input_tokens$/.test(name),
    );
    for (const [name, value] of others) {
      if (value !== null && !isCount(value)) report('usage', `${name} is ${shown(value)}`);
    }
  }
}

function checkError(error: unknown, report: Report): void {
  if (!isObject(error)) {
    report('error', 'it says no error');
    return;
  }
  if (!errorTypes.includes(textOf(error.type)))
    report('error', `${shown(error.type)} is no type of an error`);
  if (textOf(error.message) === '') report('error', 'it has no message');
}

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0;
