import type { Json } from '../../../plan/json.ts';
import type { Random } from '../random.ts';
import type { Act } from './act.ts';
import type { Caller } from './simulated-chats.ts';

/** How many requests of one key a correct limiter admits within its window. */
export const limit = 4;
export const windowMs = 2_000;

interface Planned extends Caller {
  readonly does: 'write' | 'read' | 'delete' | 'request';
  readonly key: string;
  readonly effectAt: number;
  readonly endedAt: number;
  readonly isLost: boolean;
}

/** An operation on the state of the gateway that is still to take effect. */
export function planned(caller: Caller, random: Random): Planned {
  const does = random.pick([
    'write',
    'write',
    'read',
    'read',
    'read',
    'delete',
    'request',
    'request',
  ] as const);
  const key = does === 'request' ? `limit${random.between(1, 2)}` : `item${random.between(1, 3)}`;
  const isLost = random.chance(0.08);
  const effectAt = caller.at + random.between(1, 40);
  const endedAt = effectAt + random.between(1, 40);
  // The effect of an operation whose answer was lost comes at any time, or never.
  return {
    ...caller,
    does,
    key,
    isLost,
    endedAt,
    effectAt: isLost ? caller.at + random.between(1, 4_000) : effectAt,
  };
}

/** Lets operations take effect one after the other: every tenant has items of its own, what is gone is 404. */
export function settled(operations: readonly Planned[], random: Random): Act[] {
  const items = new Map<string, Json>();
  for (const name of ['ann item1', 'bob item2']) if (random.chance(0.5)) items.set(name, 'from before');
  const admitted = new Map<string, number[]>();
  return operations
    .toSorted((a, b) => a.effectAt - b.effectAt)
    .map((operation) => {
      const { op, client, tenant, at, key, does, effectAt, endedAt, isLost } = operation;
      const asked = { name: does, does, key, tenant, ...(does === 'write' ? { value: op } : {}) };
      const { type, ...answer } = effectOf(operation, items, admitted, effectAt, random);
      const act = { op, client, invokedAt: at, asked, calls: [], tokens: [], isPlain: !isLost };
      if (isLost) return { ...act, endedAt, type: 'unknown', answer: { error: 'connection lost' } } as Act;
      return { ...act, endedAt, type, answer } as Act;
    });
}

function effectOf(
  { does, tenant, key, op }: Planned,
  items: Map<string, Json>,
  admitted: Map<string, number[]>,
  now: number,
  random: Random,
) {
  const name = `${tenant} ${key}`;
  const missing = { type: 'fail', status: 404 } as const;
  switch (does) {
    case 'write':
      if (random.chance(0.15)) return { type: 'fail', status: random.pick([400, 422, 409]) } as const;
      items.set(name, op);
      return { type: 'ok', status: 200 } as const;
    case 'read':
      return items.has(name) ? ({ type: 'ok', status: 200, value: items.get(name) } as const) : missing;
    case 'delete':
      return items.delete(name) ? ({ type: 'ok', status: 204 } as const) : missing;
    default: {
      const recent = (admitted.get(key) ?? []).filter((each) => each > now - windowMs);
      const isAdmitted = recent.length < limit;
      admitted.set(key, isAdmitted ? [...recent, now] : recent);
      return isAdmitted ? ({ type: 'ok', status: 200 } as const) : ({ type: 'fail', status: 429 } as const);
    }
  }
}
