import type { Json, JsonRecord } from '../../plan/json.ts';
import type { Operation } from '../timeline.ts';
import type { Effects } from './effects.ts';
import { isLook } from './settled.ts';

/** What one answer shows of one object. */
export interface Part {
  readonly read: Operation;
  readonly key: number;
  readonly value: Json | undefined;
}

/** One answer to a client: a read or list, several that are parts of one request, or a snapshot. */
export interface Look {
  readonly client: number;
  readonly start: number;
  readonly end: number;
  readonly parts: readonly Part[];
}

/** All that was seen of registers, sets and sequences, in the order in which it was asked for. */
export function looksOf(effects: Effects): readonly Look[] {
  const numbers = new Map<string, number>();
  for (const [key, [first]] of effects.keys.entries()) if (first) numbers.set(first.invoke.key, key);
  const together = new Map<string, Operation[]>();
  const looks: Look[] = [];
  for (const operation of effects.operations) {
    const { does, partOf, client } = operation.invoke;
    if (does === 'snapshot' && operation.outcome === 'ok')
      looks.push(lookOf([operation], partsOf(operation)));
    else if (isLook(operation) && does !== 'count') {
      const group = partOf === undefined ? undefined : together.get(`${client} ${partOf}`);
      if (group) group.push(operation);
      else
        together.set(partOf === undefined ? `op ${operation.invoke.op}` : `${client} ${partOf}`, [operation]);
    }
  }
  for (const group of together.values()) {
    const parts = group.map((read) => ({ read, key: read.key, value: read.completion?.value }));
    looks.push(lookOf(group, parts));
  }
  return looks.sort((a, b) => a.start - b.start);

  function partsOf(snapshot: Operation): readonly Part[] {
    const value = snapshot.completion?.value;
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return [];
    return Object.entries(value as JsonRecord).flatMap(([name, part]) => {
      const key = numbers.get(name);
      return key === undefined ? [] : [{ read: snapshot, key, value: part }];
    });
  }
}

const lookOf = (operations: readonly Operation[], parts: readonly Part[]): Look => ({
  client: operations[0]?.invoke.client ?? 0,
  start: Math.min(...operations.map(({ start }) => start)),
  end: Math.max(...operations.map(({ end }) => end)),
  parts,
});
