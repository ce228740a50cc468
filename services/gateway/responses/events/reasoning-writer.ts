import type { OutputWriter } from './output-writer.ts';
import type { ItemStatus } from './response-event.ts';

/** What a client asked for by `reasoning.summary`. */
export type SummaryKind = 'auto' | 'concise' | 'detailed';

/**
 * Writes one reasoning item. Chat Completions know no summaries: one that was asked for is the reasoning itself, or
 * its first paragraph if it is to be concise.
 */
export class ReasoningWriter {
  readonly #out: OutputWriter;
  readonly #summary: SummaryKind | undefined;
  readonly #id: string;
  readonly #index: number;
  #text = '';

  constructor(out: OutputWriter, summary: SummaryKind | undefined) {
    this.#out = out;
    this.#summary = summary;
    this.#id = out.newId('rs');
    this.#index = out.add({
      id: this.#id,
      type: 'reasoning',
      status: 'in_progress',
      summary: [],
      content: [],
    });
    this.#emit('response.content_part.added', { content_index: 0, part: reasoningText('') });
  }

  text(delta: string): void {
    this.#text += delta;
    this.#emit('response.reasoning_text.delta', { content_index: 0, delta });
  }

  close(status: ItemStatus): void {
    const part = reasoningText(this.#text);
    this.#emit('response.reasoning_text.done', { content_index: 0, text: this.#text });
    this.#emit('response.content_part.done', { content_index: 0, part });
    const summary = this.#summary === undefined ? [] : [this.#summarise(this.#summary)];
    this.#out.done(this.#index, { id: this.#id, type: 'reasoning', status, summary, content: [part] });
  }

  #summarise(kind: SummaryKind): object {
    const text = kind === 'concise' ? (this.#text.split(/\n\s*\n/, 1)[0] ?? '') : this.#text;
    const place = { summary_index: 0 };
    this.#emit('response.reasoning_summary_part.added', { ...place, part: summaryText('') });
    this.#emit('response.reasoning_summary_text.delta', { ...place, delta: text });
    this.#emit('response.reasoning_summary_text.done', { ...place, text });
    this.#emit('response.reasoning_summary_part.done', { ...place, part: summaryText(text) });
    return summaryText(text);
  }

  #emit(type: string, fields: object): void {
    this.#out.emit(type, { item_id: this.#id, output_index: this.#index, ...fields });
  }
}

const reasoningText = (text: string) => ({ type: 'reasoning_text', text });
const summaryText = (text: string) => ({ type: 'summary_text', text });
