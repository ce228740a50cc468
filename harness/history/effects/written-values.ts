import type { Operation } from '../timeline.ts';
import { type ValueId, valueId } from '../value.ts';
import type { Effects } from './effects.ts';
import { isRead, isRefusedCas, isWrite } from './object-kind.ts';

/** What a write leaves in the register; null after a delete. */
export const writtenBy = ({ invoke }: Operation): ValueId =>
  invoke.does === 'delete' ? null : valueId(invoke.value);

/**
 * While a history is gone through: of the writes of a value that have begun, the one whose effect may come last. A value that is
 * read was not there later than that, unless it was there from the beginning.
 */
export class WrittenValues {
  readonly #ofKey: (Map<ValueId, Operation> | undefined)[] = [];
  /** Values that were written twice, or read before anybody wrote them. */
  readonly #unclear: (Set<ValueId> | undefined)[] = [];

  /** Takes note of an operation that begins; of one that is no write it does not. */
  begin(operation: Operation): void {
    if (!isWrite(operation)) return;
    const values = this.#ofKey[operation.key] ?? new Map<ValueId, Operation>();
    this.#ofKey[operation.key] = values;
    const value = writtenBy(operation);
    const other = values.get(value);
    if (other) this.#isUnclear(operation.key, value);
    if (!other || other.end < operation.end) values.set(value, operation);
  }

  /** Takes note of a value that was read. */
  found(key: number, value: ValueId): void {
    if (!this.#ofKey[key]?.has(value)) this.#isUnclear(key, value);
  }

  /** The one write that has begun and that a value can come from; undefined as in `Sources`. */
  only(key: number, value: ValueId, isStated: boolean): Operation | undefined {
    if (!isStated && (value === null || typeof value === 'boolean')) return undefined;
    return this.#unclear[key]?.has(value) ? undefined : this.last(key, value);
  }

  last(key: number, value: ValueId): Operation | undefined {
    return this.#ofKey[key]?.get(value);
  }

  #isUnclear(key: number, value: ValueId): void {
    const unclear = this.#unclear[key] ?? new Set<ValueId>();
    this.#unclear[key] = unclear;
    unclear.add(value);
  }
}

interface Source {
  readonly write: Operation;
  isOnly: boolean;
}

/** Finds the one write that a value can come from. */
export interface Sources {
  /**
   * Undefined where a value may come from several writes, or have been there from the beginning: nothing and true or false may
   * always, other values when a read of them had ended before their write began, unless the header says what was there.
   */
  readonly only: (key: number, value: ValueId) => Operation | undefined;
}

const known = new WeakMap<Effects, Sources>();

export function sourcesOf(effects: Effects): Sources {
  const before = known.get(effects);
  if (before) return before;
  const keys = effects.keys.map(() => new Map<ValueId, Source>());
  /** Where a value was found first, by the end of what found it. */
  const found = effects.keys.map(() => new Map<ValueId, number>());
  for (const operation of [...effects.beginnings, ...effects.operations]) {
    const { key, invoke, completion, end } = operation;
    if (effects.kinds[key] !== 'register') continue;
    if (
      isRead(operation) ||
      (invoke.does === 'cas' && operation.outcome === 'ok' && !isRefusedCas(operation))
    ) {
      const value = valueId(isRead(operation) ? completion?.value : invoke.from);
      const first = found[key]?.get(value);
      if (first === undefined || end < first) found[key]?.set(value, end);
    }
    if (invoke.does !== 'write' && invoke.does !== 'delete' && invoke.does !== 'cas') continue;
    if (isRefusedCas(operation)) continue;
    const source = keys[key]?.get(writtenBy(operation));
    if (source) source.isOnly = false;
    else keys[key]?.set(writtenBy(operation), { write: operation, isOnly: true });
  }
  const made: Sources = {
    only(key, value) {
      const source = keys[key]?.get(value);
      if (!source?.isOnly || source.write.outcome === 'fail') return undefined;
      if (effects.stated.has(key)) return source.write;
      const mayBeOld =
        value === null ||
        typeof value === 'boolean' ||
        (found[key]?.get(value) ?? Infinity) < source.write.start;
      return mayBeOld ? undefined : source.write;
    },
  };
  known.set(effects, made);
  return made;
}
