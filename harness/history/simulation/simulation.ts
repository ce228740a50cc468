import type { Json } from '../../plan/json.ts';
import type { Action, History } from '../events.ts';
import { type Answered, type Asked, Recording } from './recording.ts';

/** One step of a client in a simulated run: it begins an operation, lets it take effect, or gets its answer. */
export interface Tick {
  readonly client: number;
  readonly does: Action;
  readonly worker: number;
  /** The answer gets lost; the effect may still come, or not. */
  readonly lost: boolean;
}

/** A subject with workers: what an operation does and answers at the moment of its effect. `null` refuses it. */
export type Subject = (asked: Asked & { readonly does: Action }, worker: number) => Answered | null;

interface Running {
  readonly asked: Asked & { readonly does: Action };
  readonly worker: number;
  readonly end: ReturnType<Recording['begin']>;
  answer?: Answered | null;
}

/** Runs a subject in one process with the given interleaving. Written values are unique; `asked` fills in the rest. */
export function simulate(
  ticks: readonly Tick[],
  subject: Subject,
  prepare: (tick: Tick, count: number) => Asked = ({ does }, count) =>
    does === 'write' || does === 'add' ? { value: `v${count}` } : {},
): History {
  const recording = new Recording();
  const running = new Map<number, Running>();
  let count = 0;
  for (const tick of ticks) {
    const current = running.get(tick.client);
    if (!current) {
      count += 1;
      const asked = { ...prepare(tick, count), does: tick.does };
      const { does, ...given } = asked;
      running.set(tick.client, {
        asked,
        worker: tick.worker,
        end: recording.begin(tick.client, does, given),
      });
    } else if (current.answer === undefined) {
      if (tick.lost) {
        running.delete(tick.client);
        current.end('unknown');
        // Every other lost one takes effect all the same.
        if (count % 2 === 0) subject(current.asked, current.worker);
      } else current.answer = subject(current.asked, current.worker);
    } else {
      running.delete(tick.client);
      if (current.answer === null) current.end('fail');
      else current.end('ok', { worker: current.worker, ...current.answer });
    }
  }
  return recording.history;
}

/** A register as it should be: one state, whichever worker is asked. */
export function atomicRegister(): Subject {
  let state: Json = null;
  return ({ does, value = null, from }) => {
    if (does === 'write') state = value;
    if (does === 'delete') state = null;
    if (does === 'cas') {
      if (from !== state) return null;
      state = value;
    }
    return does === 'read' ? { value: state } : {};
  };
}

/** A register whose workers keep what they have read or written, and are not told of other workers' writes. */
export function cachedRegister(): Subject {
  let stored: Json = null;
  const caches = new Map<number, Json>();
  return ({ does, value = null }, worker) => {
    if (does === 'write' || does === 'delete') {
      stored = does === 'delete' ? null : value;
      caches.set(worker, stored);
      return {};
    }
    const cached = caches.get(worker);
    const seen = cached === undefined ? stored : cached;
    caches.set(worker, seen);
    return { value: seen };
  };
}

/** A set as it should be. */
export function atomicSet(): Subject {
  const members = new Set<Json>();
  return ({ does, value = null }) => {
    if (does === 'add') members.add(value);
    if (does === 'remove') members.delete(value);
    if (does === 'delete') members.clear();
    return does === 'list' ? { value: [...members] } : {};
  };
}

/** A set that each worker reads once and then writes back as a whole: the last writer wins. */
export function documentSet(): Subject {
  let stored: readonly Json[] = [];
  const read = new Map<number, readonly Json[]>();
  return ({ does, value = null }, worker) => {
    if (does === 'list') return { value: stored };
    const known = read.get(worker) ?? stored;
    stored =
      does === 'add' ? [...known, value] : does === 'delete' ? [] : known.filter((each) => each !== value);
    read.set(worker, stored);
    return {};
  };
}

/** A counter as it should be. */
export function atomicCounter(): Subject {
  let count = 0;
  return ({ does, value }) => {
    if (does === 'increment') count += typeof value === 'number' ? value : 1;
    return does === 'count' ? { value: count } : {};
  };
}

/** A counter that each worker keeps for itself. */
export function counterPerWorker(): Subject {
  const counts = new Map<number, number>();
  return ({ does }, worker) => {
    if (does === 'increment') counts.set(worker, (counts.get(worker) ?? 0) + 1);
    return does === 'count' ? { value: counts.get(worker) ?? 0 } : {};
  };
}
