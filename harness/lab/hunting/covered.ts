import type { CompletionEvent } from '../../history/events.ts';
import { stepOf } from '../../history/step-of.ts';
import { coveredBy } from '../../plan/cover/fault-names.ts';
import { nameOf, type PairItem, type Place } from '../../plan/cover/pair-ground.ts';
import { faultsOf, operationOfFault, operationsOf } from '../../plan/plan.ts';
import type { Planner } from '../next-plan.ts';
import type { PlanOutcome } from '../running/run-plan.ts';

export interface Part {
  readonly covered: number;
  readonly of: number;
  readonly missing: readonly { readonly what: string; readonly why: string }[];
}

/** What a hunt has really exercised. */
export interface CoveredGround {
  readonly pairs: Part;
  readonly faults: Part;
}

type Run = Pick<PlanOutcome, 'plan' | 'history' | 'vacuous'>;

/** An operation as it went: places in the history, and how it ended. */
interface Seen {
  readonly name: string;
  /** Undefined for one without a key. */
  readonly key: string | undefined;
  readonly start: number;
  end: number;
  worker: number | undefined;
  isOk: boolean;
  isAnswered: boolean;
}

/** Counts what runs have covered, from their histories and the proofs of their faults: what was planned does not count. */
export class Covered {
  readonly #planner: Pick<Planner, 'pairs' | 'faults' | 'shape'>;
  readonly #pairs = new Set<string>();
  readonly #faults = new Set<string>();
  /** Why faults that were tried did not fire. */
  readonly #failed = new Map<string, string>();
  readonly #frames: number | undefined;

  constructor(planner: Pick<Planner, 'pairs' | 'faults' | 'shape'>) {
    this.#planner = planner;
    this.#frames = planner.shape.operations.find(({ stream }) => stream)?.frames;
  }

  add(outcome: Run): void {
    const seen = operationsSeen(outcome);
    for (const name of pairsIn(seen)) this.#pairs.add(name);
    const fired = new Set(
      outcome.history.events.flatMap((event) =>
        event.type === 'fault' && event.state === 'fired' && event.proof ? [event.id] : [],
      ),
    );
    const whole = new Set(this.#planner.shape.operations.flatMap(({ name, whole }) => (whole ? [name] : [])));
    const wholes = new Set(
      operationsOf(outcome.plan).flatMap(({ id, name }) => (whole.has(name) ? [id] : [])),
    );
    for (const step of faultsOf(outcome.plan)) {
      const name = coveredBy(step, this.#frames, wholes.has(operationOfFault(step) ?? ''));
      if (fired.has(step.id)) this.#faults.add(name);
      else {
        const why = outcome.vacuous.find((reason) => reason.startsWith(`${step.id} `));
        this.#failed.set(name, why?.replace(/^\S+ \(\w+\): /, '') ?? 'it did not fire');
      }
    }
  }

  /** @param leftOut operations that the subject does not offer: what needs them is not asked for */
  ground(leftOut: ReadonlySet<string>): CoveredGround {
    const { pairs, faults } = this.#planner;
    const wanted = pairs.filter((item) => operationsIn(item).every((name) => !leftOut.has(name)));
    const missingPairs = wanted.filter((item) => !this.#pairs.has(nameOf(item)));
    const missingFaults = faults.filter(({ name }) => !this.#faults.has(name));
    return {
      pairs: {
        covered: wanted.length - missingPairs.length,
        of: wanted.length,
        missing: missingPairs.map((item) => ({ what: nameOf(item), why: 'it did not come about' })),
      },
      faults: {
        covered: faults.length - missingFaults.length,
        of: faults.length,
        missing: missingFaults.map(({ name, why }) => ({
          what: name,
          why: why ?? this.#failed.get(name) ?? 'not tried in this time',
        })),
      },
    };
  }
}

const operationsIn = (item: PairItem): readonly string[] =>
  item.kind === 'around' ? [item.read, item.change] : [item.first, item.next];

function operationsSeen({ plan, history }: Run): readonly Seen[] {
  const steps = new Map(operationsOf(plan).map((step) => [step.id, step]));
  const seen = new Map<string, Seen>();
  for (const [at, event] of history.events.entries()) {
    if (event.type === 'fault') continue;
    const id = stepOf(event.op);
    const step = steps.get(id);
    if (!step) continue;
    const known = seen.get(id);
    if (event.type === 'invoke') {
      const { key } = step.args;
      const keyed = key === undefined ? undefined : String(key);
      const open = { end: history.events.length, worker: undefined, isOk: false, isAnswered: false };
      if (!known) seen.set(id, { name: step.name, key: keyed, start: at, ...open });
    } else if (known) {
      known.end = at;
      known.worker = event.worker?.index ?? known.worker;
      known.isOk = event.type === 'ok';
      known.isAnswered = isAnswered(event);
    }
  }
  return [...seen.values()].sort((a, b) => a.start - b.start);
}

const isAnswered = ({ type, error = '' }: CompletionEvent): boolean =>
  type === 'ok' || !error.startsWith('not sent');

/** Names of the pairs that came about: the first succeeded, and the other one was answered. */
function pairsIn(seen: readonly Seen[]): readonly string[] {
  const names: string[] = [];
  const meet = (a: Seen, b: Seen) => a.key === undefined || b.key === undefined || a.key === b.key;
  for (const [index, first] of seen.entries()) {
    // The nearest end of what began after it: nothing that begins later comes next.
    let nextEnd = Number.POSITIVE_INFINITY;
    for (const then of seen.slice(index + 1)) {
      if (!meet(first, then)) continue;
      if (then.start > nextEnd) break;
      const place = placeOf(first, then);
      if (then.start < first.end) {
        if (!first.isOk && !then.isOk) continue;
        for (const each of [place, 'any'] as const)
          names.push(nameOf({ kind: 'beside', first: first.name, next: then.name, place: each }));
        continue;
      }
      nextEnd = Math.min(nextEnd, then.end);
      if (!first.isOk || !then.isAnswered) continue;
      for (const each of [place, 'any'] as const) {
        names.push(nameOf({ kind: 'after', first: first.name, next: then.name, place: each }));
      }
      const before = lastBefore(seen, first, meet);
      if (before?.name !== then.name || !before.isOk || !then.isOk || before.worker !== then.worker) continue;
      for (const each of [place, 'any'] as const) {
        names.push(nameOf({ kind: 'around', read: then.name, change: first.name, place: each }));
      }
    }
  }
  return names;
}

/** The operation that had ended before this one began, and last of all such. */
function lastBefore(seen: readonly Seen[], one: Seen, meet: (a: Seen, b: Seen) => boolean): Seen | undefined {
  return seen
    .filter((other) => other !== one && other.end < one.start && meet(other, one))
    .toSorted((a, b) => a.end - b.end)
    .at(-1);
}

function placeOf(a: Seen, b: Seen): Place {
  if (a.worker === undefined || b.worker === undefined) return 'any';
  return a.worker === b.worker ? 'same' : 'other';
}

/** `covered 31 of 31 pairs, 44 of 52 faults (8 disconnect needs containers)`. */
export function coveredLine({ pairs, faults }: CoveredGround): string {
  const reasons = Map.groupBy(faults.missing, ({ why }) => why);
  const why = [...reasons].map(([reason, those]) => `${those.length} ${reason}`);
  const lacking = why.length > 0 ? ` (${why.join(', ')})` : '';
  const ofFaults = faults.of > 0 ? `, ${faults.covered} of ${faults.of} faults${lacking}` : '';
  return `covered ${pairs.covered} of ${pairs.of} pairs${ofFaults}`;
}
