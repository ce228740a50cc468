import type { OperationShape, WorkloadShape } from '../workload-shape.ts';

/** Through the same worker, through another one, or wherever it lands: where workers cannot be chosen. */
export type Place = 'same' | 'other' | 'any';

/** Operations that a hunt wants to have seen together on one object. */
export type PairItem =
  /** The second next after the first has ended. */
  | { readonly kind: 'after'; readonly first: string; readonly next: string; readonly place: Place }
  /** Under way at the same time. */
  | { readonly kind: 'beside'; readonly first: string; readonly next: string; readonly place: Place }
  /** Read, changed, and read again by the worker of the first read; the place is that of the change. */
  | { readonly kind: 'around'; readonly read: string; readonly change: string; readonly place: Place };

/** One name per item, for people and for telling them apart. */
export function nameOf(item: PairItem): string {
  const through = (place: Place) =>
    place === 'any' ? '' : ` through ${place === 'same' ? 'the same' : 'another'} worker`;
  switch (item.kind) {
    case 'after':
      return `${item.first}, then ${item.next}${through(item.place)}`;
    case 'beside':
      return `${[item.first, item.next].toSorted().join(' beside ')}${through(item.place)}`;
    case 'around':
      return `${item.read}, ${item.change}${through(item.place)}, ${item.read}`;
  }
}

/** After an operation whose name says so, hardly anything is left to work on. */
const ending = /^(delete|remove|clear|drop|forget|close|revoke|withdraw)/;

export type Kind = NonNullable<OperationShape['kind']>;

/** What an operation does to its object: as its shape says, else a last read reads, and what has a key changes it. */
export function kindOf(operation: OperationShape, lastReads: ReadonlySet<string>): Kind | undefined {
  if (operation.kind) return operation.kind;
  if (lastReads.has(operation.name)) return 'read';
  if (!operation.keys) return undefined;
  return ending.test(operation.name) ? 'end' : 'change';
}

/** Operations meet on a key that both can have; what has no key shares the worker with everything. */
export const meet = (a: OperationShape, b: OperationShape): boolean =>
  !a.keys || !b.keys || a.keys.some((key) => b.keys?.includes(key));

/** All pairs of a workload that may matter to each other. */
export function pairGround(shape: WorkloadShape, lastReads: ReadonlySet<string>): readonly PairItem[] {
  const { operations, workers, service } = shape;
  const canPin = (operation: OperationShape) =>
    (operation.service ?? service) === service && (workers[service] ?? 1) > 1;
  const placesOf = (...those: readonly OperationShape[]): readonly Place[] =>
    those.every(canPin) ? ['other', 'same'] : ['any'];
  const items = new Map<string, PairItem>();
  const want = (item: PairItem) => void items.set(nameOf(item), item);
  for (const first of operations) {
    for (const then of operations.filter((other) => meet(first, other))) {
      for (const place of placesOf(first, then)) {
        want({ kind: 'after', first: first.name, next: then.name, place });
        if (shape.clients > 1) want({ kind: 'beside', first: first.name, next: then.name, place });
      }
      const isChange = ['change', 'end'].includes(kindOf(then, lastReads) ?? '');
      if (kindOf(first, lastReads) !== 'read' || !isChange) continue;
      for (const place of placesOf(first, then)) {
        want({ kind: 'around', read: first.name, change: then.name, place });
      }
    }
  }
  return [...items.values()];
}
