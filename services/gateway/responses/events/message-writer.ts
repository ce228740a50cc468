import type { OutputWriter } from './output-writer.ts';
import type { Annotation, ItemStatus } from './response-event.ts';

type Part =
  | {
      readonly type: 'output_text';
      text: string;
      readonly annotations: Annotation[];
      readonly logprobs: unknown[];
    }
  | { readonly type: 'refusal'; refusal: string };

/** Writes one message: parts of text and refusals, one open at a time. */
export class MessageWriter {
  readonly #out: OutputWriter;
  readonly #id: string;
  readonly #index: number;
  readonly #done: object[] = [];
  #open: Part | undefined;

  constructor(out: OutputWriter) {
    this.#out = out;
    this.#id = out.newId('msg');
    this.#index = out.add(this.#item('in_progress'));
  }

  text(delta: string, logprobs: readonly unknown[] = []): void {
    const part = this.#part('output_text');
    part.text += delta;
    part.logprobs.push(...logprobs);
    this.#emit('response.output_text.delta', { delta, logprobs });
  }

  refuse(delta: string): void {
    this.#part('refusal').refusal += delta;
    this.#emit('response.refusal.delta', { delta });
  }

  annotate(annotation: Annotation): void {
    const { annotations } = this.#part('output_text');
    this.#emit('response.output_text.annotation.added', { annotation_index: annotations.length, annotation });
    annotations.push(annotation);
  }

  close(status: ItemStatus): void {
    this.#closePart();
    this.#out.done(this.#index, this.#item(status));
  }

  #item(status: ItemStatus) {
    return { id: this.#id, type: 'message', status, role: 'assistant', content: [...this.#done] };
  }

  /** The open part, if it is of this type; else the next one is begun. */
  #part<T extends Part['type']>(type: T): Extract<Part, { type: T }> {
    if (this.#open?.type !== type) {
      this.#closePart();
      this.#open =
        type === 'refusal'
          ? { type: 'refusal', refusal: '' }
          : { type: 'output_text', text: '', annotations: [], logprobs: [] };
      this.#emit('response.content_part.added', { part: copyOf(this.#open) });
    }
    return this.#open as Extract<Part, { type: T }>;
  }

  #closePart(): void {
    const part = this.#open;
    if (part === undefined) return;
    if (part.type === 'output_text') this.#citeFiles(part.text);
    if (part.type === 'refusal') this.#emit('response.refusal.done', { refusal: part.refusal });
    else this.#emit('response.output_text.done', { text: part.text, logprobs: [...part.logprobs] });
    this.#emit('response.content_part.done', { part: copyOf(part) });
    this.#done.push(copyOf(part));
    this.#open = undefined;
  }

  #citeFiles(text: string): void {
    for (const [index, [id, filename]] of [...this.#out.foundFiles].entries()) {
      if (text.includes(id)) this.annotate({ type: 'file_citation', file_id: id, filename, index });
    }
  }

  #emit(type: string, fields: object): void {
    const place = { item_id: this.#id, output_index: this.#index, content_index: this.#done.length };
    this.#out.emit(type, { ...place, ...fields });
  }
}

function copyOf(part: Part): object {
  if (part.type === 'refusal') return { ...part };
  return { ...part, annotations: [...part.annotations], logprobs: [...part.logprobs] };
}
