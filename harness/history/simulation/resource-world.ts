import type { Json, JsonRecord } from '../../plan/json.ts';
import type { Action, History } from '../events.ts';
import { Recording } from './recording.ts';

/** One part of a request: what it asks, and what it was answered. */
export interface Part {
  readonly does: Action;
  readonly key: string;
  readonly value?: Json;
  readonly args?: JsonRecord;
  /** Undefined until it is known; `refused`: this part was not done. */
  answer?: Json | 'refused';
}

/** A request takes effect at one moment, a walk over pages at several. */
export interface Request {
  readonly parts: readonly Part[];
  readonly effects: readonly (() => void)[];
}

export type Random = () => number;

export const cap = 5;
const pageSize = 2;

/** A collection that is kept well, newest first, beside one that keeps its newest few. */
export class ResourceWorld {
  readonly recording = new Recording();
  readonly initial = {
    all: ['old1', 'old2', 'old3'],
    'all.lives': ['old1', 'old2', 'old3'],
    full: ['f1', 'f2', 'f3', 'f4', 'f5'],
  };
  all: readonly string[] = [...this.initial.all].reverse();
  full: readonly string[] = [...this.initial.full].reverse();
  /** Names that were ever given to elements. */
  readonly names: string[] = [...this.initial.all];
  #made = 0;
  #requests = 0;

  get history(): History {
    const { header, events } = this.recording.history;
    return { header: { ...header, initial: this.initial }, events };
  }

  name(): string {
    this.#made += 1;
    return `e${this.#made}`;
  }

  create(count: number): Request {
    const names = Array.from({ length: count }, () => this.name());
    const parts = names.flatMap((value): Part[] => [
      { does: 'add', key: 'all', value },
      { does: 'create', key: 'all.lives', value },
    ]);
    const come = () => {
      this.all = [...names.toReversed(), ...this.all];
      this.names.push(...names);
      for (const part of parts) if (part.does === 'create') part.answer = `id of ${part.value}`;
    };
    return { parts, effects: [come] };
  }

  remove(value: string): Request {
    const [remove, destroy]: Part[] = [
      { does: 'remove', key: 'all', value },
      { does: 'destroy', key: 'all.lives', value },
    ];
    if (!remove || !destroy) throw new RangeError('two parts');
    const go = () => {
      destroy.answer = this.all.includes(value);
      if (!destroy.answer) remove.answer = 'refused';
      this.all = this.all.filter((each) => each !== value);
    };
    return { parts: [remove, destroy], effects: [go] };
  }

  clear(): Request {
    const go = () => {
      this.all = [];
    };
    return {
      parts: [
        { does: 'delete', key: 'all' },
        { does: 'destroy', key: 'all.lives' },
      ],
      effects: [go],
    };
  }

  look(value: string): Request {
    const part: Part = { does: 'look', key: 'all.lives', value };
    const see = () => {
      part.answer = this.all.includes(value);
    };
    return { parts: [part], effects: [see] };
  }

  list(): Request {
    const list: Part = { does: 'list', key: 'all', args: { order: 'newest-first' } };
    const total: Part = { does: 'total', key: 'all' };
    const see = () => {
      list.answer = this.all;
      total.answer = this.all.length;
    };
    return { parts: [list, total], effects: [see] };
  }

  /** Pages of two, by offset or behind the last one seen; as many as the collection may have. */
  walk(paging: 'offset' | 'cursor'): Request {
    const shown: string[] = [];
    const walk: Part = { does: 'walk', key: 'all', args: { paging, order: 'newest-first' } };
    // A cursor is the place in the order of creation: newest first, so the next page is what was made before.
    const madeAt = (name: string) => this.names.indexOf(name);
    const page = () => {
      const last = shown.at(-1);
      const from = paging === 'offset' ? this.all.slice(shown.length) : this.all;
      const rest =
        last === undefined || paging === 'offset' ? from : from.filter((each) => madeAt(each) < madeAt(last));
      shown.push(...rest.slice(0, pageSize));
      walk.answer = [...shown];
    };
    return { parts: [walk], effects: Array.from({ length: 30 }, () => page) };
  }

  insert(): Request {
    const value = `f-${this.name()}`;
    const come = () => {
      this.full = [value, ...this.full].slice(0, cap);
    };
    return { parts: [{ does: 'insert', key: 'full', value }], effects: [come] };
  }

  listFull(): Request {
    const part: Part = { does: 'walk', key: 'full', args: { cap, order: 'newest-first' } };
    const see = () => {
      part.answer = this.full;
    };
    return { parts: [part], effects: [see] };
  }

  /** Begins a request; what it returns ends it: answered, refused, or lost. */
  begin(client: number, { parts }: Request): (type: 'ok' | 'fail' | 'unknown') => void {
    this.#requests += 1;
    const partOf = `request${this.#requests}`;
    const begun = parts.map((part) => {
      const { answer: _, does, ...asked } = part;
      return { part, end: this.recording.begin(client, does, { ...asked, partOf }) };
    });
    return (type) => {
      for (const { part, end } of begun) {
        const isRefused = type === 'ok' && part.answer === 'refused';
        end(
          isRefused ? 'fail' : type,
          type === 'ok' && !isRefused && part.answer !== undefined ? { value: part.answer } : {},
        );
      }
    };
  }

  /** Begins a request, lets it take effect and answers it, with nothing beside it. */
  ask(request: Request, change?: (parts: readonly Part[]) => void): void {
    const end = this.begin(9, request);
    for (const effect of request.effects) effect();
    change?.(request.parts);
    end('ok');
  }
}
