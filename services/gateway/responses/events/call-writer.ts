import type { OutputWriter } from './output-writer.ts';
import type { ItemStatus } from './response-event.ts';

/** A call of a tool as the model made it. */
export interface ModelCallOfTool {
  readonly callId: string;
  readonly name: string;
  /** JSON, as far as the model keeps to it. */
  readonly arguments: string;
}

/**
 * Gathers the fragments of one call. A call of a function of the client is written as they come, from its first argument
 * on (until then the name may still grow); a call that the gateway answers itself is written by whoever runs it.
 */
export class CallWriter {
  readonly #out: OutputWriter;
  readonly #isHosted: (name: string) => boolean;
  #callId: string | undefined;
  #name = '';
  #arguments = '';
  #place: { readonly id: string; readonly index: number } | undefined;

  constructor(out: OutputWriter, isHosted: (name: string) => boolean) {
    this.#out = out;
    this.#isHosted = isHosted;
  }

  get hosted(): boolean {
    return this.#isHosted(this.#name);
  }

  get call(): ModelCallOfTool {
    this.#callId ??= this.#out.newId('call');
    return { callId: this.#callId, name: this.#name, arguments: this.#arguments };
  }

  /** Is a fragment with this id one of another call? Some upstreams give all calls the same index. */
  isOther(id: string | null | undefined): boolean {
    return Boolean(id) && this.#callId !== undefined && this.#callId !== id;
  }

  push(id: string | null | undefined, name: string | null | undefined, fragment: string | null | undefined) {
    if (id) this.#callId ??= id;
    if (name && this.#place === undefined) this.#name += name;
    if (!fragment) return;
    if (!this.hosted) this.#begin();
    this.#arguments += fragment;
    if (this.#place) this.#emit('response.function_call_arguments.delta', { delta: fragment });
  }

  close(status: ItemStatus): void {
    if (this.hosted) return;
    const { index } = this.#begin();
    const { name } = this.call;
    this.#emit('response.function_call_arguments.done', { name, arguments: this.#arguments });
    this.#out.done(index, this.#item(status));
  }

  #begin() {
    if (this.#place === undefined) {
      const id = this.#out.newId('fc');
      this.#place = { id, index: -1 };
      this.#place = { id, index: this.#out.add(this.#item('in_progress')) };
    }
    return this.#place;
  }

  #item(status: ItemStatus) {
    const { callId, name, arguments: args } = this.call;
    const id = this.#place?.id ?? '';
    return { id, type: 'function_call', status, call_id: callId, name, arguments: args };
  }

  #emit(type: string, fields: object): void {
    this.#out.emit(type, { item_id: this.#place?.id, output_index: this.#place?.index, ...fields });
  }
}
