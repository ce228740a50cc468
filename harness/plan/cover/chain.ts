import type { OperationShape } from '../workload-shape.ts';
import { type Kind, meet, nameOf, type PairItem, type Place } from './pair-ground.ts';

/** One operation of a chain: which, and through which worker. */
export interface Link {
  readonly operation: OperationShape;
  readonly worker: number | undefined;
}

/** What a chain may be made of. */
export interface ChainGround {
  readonly operations: readonly OperationShape[];
  readonly kind: (operation: OperationShape) => Kind | undefined;
  /** Workers that the operation can be pinned to; undefined for those that cannot. */
  readonly workersFor: (operation: OperationShape) => readonly (number | undefined)[];
}

/** The items that come about when `link` follows the others: with the one before it, and as a second read around a change. */
export function gains(chain: readonly Link[], link: Link): readonly string[] {
  const last = chain.at(-1);
  if (!last) return [];
  const { name } = link.operation;
  const place = placeOf(last, link);
  const after: PairItem = { kind: 'after', first: last.operation.name, next: name, place };
  const before = chain.at(-2);
  if (before?.operation.name !== name || before.worker !== link.worker) return [nameOf(after)];
  const around: PairItem = { kind: 'around', read: name, change: last.operation.name, place };
  return [nameOf(after), nameOf(around)];
}

/** Where the second of two operations goes, seen from the first. */
export function placeOf(a: Pick<Link, 'worker'>, b: Pick<Link, 'worker'>): Place {
  if (a.worker === undefined || b.worker === undefined) return 'any';
  return a.worker === b.worker ? 'same' : 'other';
}

/**
 * A chain of at most `length` operations on one key that makes one of the wanted items and then as many others as it can, and
 * takes them off the list. Greedy: the next operation is one that makes most; where none makes any, the chain goes on over one
 * that leads to some, or ends. Nothing but one more operation follows what ends an object.
 */
export function takeChain(
  ground: ChainGround,
  wanted: Map<string, PairItem>,
  length: number,
): readonly Link[] {
  const links = ground.operations.flatMap((operation) =>
    ground.workersFor(operation).map((worker) => ({ operation, worker })),
  );
  const chain: Link[] = [];
  const add = (link: Link) => {
    for (const name of gains(chain, link)) wanted.delete(name);
    chain.push(link);
  };
  for (const link of beginning(ground, wanted, length)) add(link);
  while (chain.length > 0 && chain.length < length && !isOver(chain, ground)) {
    const next = bestNext(chain, links, wanted, length - chain.length, ground);
    if (!next) break;
    add(next);
  }
  return chain;
}

/** The operations of the first wanted item that fits. */
function beginning(
  { operations, workersFor }: ChainGround,
  wanted: ReadonlyMap<string, PairItem>,
  length: number,
): readonly Link[] {
  const linkOf = (name: string, place?: Place): readonly Link[] => {
    const operation = operations.find((other) => other.name === name);
    const workers = operation ? workersFor(operation) : [];
    return operation ? [{ operation, worker: place === 'other' ? workers[1] : workers[0] }] : [];
  };
  for (const item of wanted.values()) {
    if (item.kind === 'beside') continue;
    const names =
      item.kind === 'after'
        ? [...linkOf(item.first), ...linkOf(item.next, item.place)]
        : [...linkOf(item.read), ...linkOf(item.change, item.place), ...linkOf(item.read)];
    if (names.length <= length) return names;
  }
  return [];
}

const isOver = (chain: readonly Link[], { kind }: ChainGround) =>
  chain.slice(0, -1).some(({ operation }) => kind(operation) === 'end');

function bestNext(
  chain: readonly Link[],
  links: readonly Link[],
  wanted: ReadonlyMap<string, PairItem>,
  left: number,
  ground: ChainGround,
): Link | undefined {
  const made = (before: readonly Link[], link: Link) =>
    gains(before, link).filter((name) => wanted.has(name)).length;
  const fits = (link: Link) => chain.every(({ operation }) => meet(operation, link.operation));
  const fitting = links.filter(fits);
  const best = mostOf(fitting, (link) => made(chain, link));
  if (best || left < 2) return best;
  return mostOf(fitting, (link) => {
    const grown = [...chain.slice(-2), link];
    return isOver(grown, ground) ? 0 : Math.max(...fitting.map((next) => made(grown, next)));
  });
}

/** The first of those with the highest worth; undefined when nothing is worth anything. */
function mostOf(links: readonly Link[], worth: (link: Link) => number): Link | undefined {
  let best: Link | undefined;
  let most = 0;
  for (const link of links) {
    const own = worth(link);
    if (own > most) {
      best = link;
      most = own;
    }
  }
  return best;
}
