import type { History } from '../events.ts';
import { type Operation, type Timeline, timelineOf } from '../timeline.ts';
import { type ValueId, valueId } from '../value.ts';

/** Writes of all registers of a history: which operation made which value. */
export interface Registers {
  readonly writerOf: (key: number, value: ValueId) => Operation | undefined;
  /** Keys in which a value was written twice: what is read there cannot be traced to a write. */
  readonly ambiguous: ReadonlySet<number>;
}

/** Changes a register: write, delete, and cas unless it answered that it did not match. Refused ones do not. */
export function isWrite({ invoke: { does }, outcome, completion }: Operation): boolean {
  if (outcome === 'fail') return false;
  if (does === 'cas') return !(outcome === 'ok' && completion?.value === false);
  return does === 'write' || does === 'delete';
}

/** What a write leaves in the register; null after a delete. */
export const writtenBy = ({ invoke }: Operation): ValueId =>
  invoke.does === 'delete' ? null : valueId(invoke.value);

export const isRead = ({ invoke, outcome }: Operation): boolean => invoke.does === 'read' && outcome === 'ok';

const registers = new WeakMap<Timeline, Registers>();

export function registersOf(history: History): Registers {
  const timeline = timelineOf(history);
  const known = registers.get(timeline);
  if (known) return known;
  const writers: (Map<ValueId, Operation> | undefined)[] = new Array(timeline.keys.length);
  const ambiguous = new Set<number>();
  for (const operation of timeline.operations) {
    if (!isWrite(operation)) continue;
    const value = writtenBy(operation);
    if (value === null) continue;
    const ofKey = writers[operation.key] ?? new Map<ValueId, Operation>();
    writers[operation.key] = ofKey;
    if (ofKey.has(value)) ambiguous.add(operation.key);
    else ofKey.set(value, operation);
  }
  const made = { writerOf: (key: number, value: ValueId) => writers[key]?.get(value), ambiguous };
  registers.set(timeline, made);
  return made;
}

/** The need that every checker of registers has, in words for its verdict; undefined when it is met. */
export function uniqueValues(history: History): string | undefined {
  const { ambiguous } = registersOf(history);
  if (ambiguous.size === 0) return undefined;
  const [key = 0] = ambiguous;
  const name = timelineOf(history).keys[key]?.[0]?.invoke.key ?? '';
  return `${ambiguous.size} key(s) were written the same value twice (such as "${name}")`;
}
