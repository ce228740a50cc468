import type { Action, History, InvokeEvent } from '../history/events.ts';
import type { JournalEntry } from '../history/journal.ts';
import { type Asked, callOf, Recording, streamOf } from '../history/simulation/recording.ts';
import {
  atomicCounter,
  atomicRegister,
  atomicSet,
  type Subject,
  simulate,
  type Tick,
} from '../history/simulation/simulation.ts';

/** Numbers from 0 to 1, the same ones for a seed: Numerical Recipes' generator is good enough to spread operations. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const OPERATIONS_PER_KEY = 40;
const CLIENTS = 4;

/** A correct subject with many keys, each with overlapping operations of four clients and a read on each of two workers in the end. */
function manyKeys(
  operations: number,
  make: () => Subject,
  choices: readonly Action[],
  asked: (does: Action, count: number) => Asked = () => ({}),
): History {
  const random = randomNumbers(1);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const subjects = new Map<string, Subject>();
  const ticks: Tick[] = [];
  // An operation takes three ticks: it begins, takes effect and ends.
  for (let count = 0; count < 3 * operations; count += 1) {
    const client = 1 + Math.floor(random() * CLIENTS);
    ticks.push({ client, does: pick(choices), worker: 1 + Math.floor(random() * 2), lost: false });
  }
  const look = choices[0] ?? 'read';
  const keys = Math.ceil(operations / OPERATIONS_PER_KEY);
  const ends = [...Array(2 * CLIENTS).keys()].map((at) => ({
    client: 1 + (at % CLIENTS),
    does: look,
    worker: 1,
    lost: false,
  }));
  const looks = [...Array(6 * keys).keys()].map((at) => ({
    client: 9,
    does: look,
    worker: 1 + (Math.floor(at / 3) % 2),
    lost: false,
  }));
  const subject: Subject = (operation, worker) => {
    const key = operation.key ?? '';
    const known = subjects.get(key) ?? make();
    subjects.set(key, known);
    return known(operation, worker);
  };
  let looked = 0;
  return simulate([...ticks, ...ends, ...looks], subject, ({ does, client }, count) => {
    const place = client === 9 ? Math.floor(looked++ / 2) : Math.floor(random() * keys);
    const unique = does === 'write' || does === 'add' ? { value: `v${count}` } : {};
    return { key: `k${place}`, ...unique, ...asked(does, count) };
  });
}

export const registers = (operations: number): History =>
  manyKeys(operations, atomicRegister, ['read', 'read', 'write', 'write']);

export const sets = (operations: number): History =>
  manyKeys(operations, atomicSet, ['list', 'add', 'add', 'remove'], (does, count) =>
    does === 'remove' ? { value: `v${Math.ceil(count / 2)}` } : {},
  );

export const counters = (operations: number): History =>
  manyKeys(operations, atomicCounter, ['count', 'increment', 'increment']);

const words = [...Array(10).keys()].map((word) => `w${word} `);

/** Streamed calls of ten frames, by two tenants, each with its call upstream; one of ten is aborted. */
export function calls(operations: number): { history: History; journal: readonly JournalEntry[] } {
  const recording = new Recording();
  const journal: JournalEntry[] = [];
  for (let count = 1; count <= operations; count += 1) {
    const tenant = count % 2 === 0 ? 'ann' : 'bob';
    const marker = `mk-${tenant}-${count}`;
    const texts = [...words, marker];
    const at = recording.now;
    const aborted = count % 10 === 0;
    const common = { requestText: `say ${marker}`, answerText: texts.join(''), arrivedAt: at };
    const end = recording.begin(1, 'call', { tenant, marker });
    if (aborted) {
      end('unknown', { stream: streamOf(texts.slice(0, 5), null), abortedAt: at + 1 });
      journal.push(callOf(`o${count}`, { ...common, hungUpAt: at + 3 }));
    } else {
      end('ok', { stream: streamOf(texts) });
      journal.push(callOf(`o${count}`, { ...common, completedAt: at + 2 }));
    }
  }
  return { history: recording.history, journal };
}

/** Requests of 50 keys within their limit, every fifth refused. */
export function requests(operations: number): History {
  const recording = new Recording();
  for (let count = 0; count < operations; count += 1) {
    const key = `k${count % 50}`;
    if (count % 5 === 0) recording.fail(1, 'request', { key });
    else recording.ok(1, 'request', { key });
  }
  return recording.history;
}

/** Tasks that are started, running and done. */
export function tasks(operations: number): History {
  const recording = new Recording();
  for (let count = 0; count < operations / 3; count += 1) {
    const key = `t${count}`;
    recording.ok(1, 'start', { key }).ok(1, 'status', { key }, { value: 'running' });
    recording.ok(1, 'status', { key }, { value: 'done' });
  }
  return recording.history;
}

/**
 * One register, all clients nearly always busy, half of the operations writes of unique values: the shape for which other
 * linearizability checkers give their figures.
 */
export function busyRegister(operations: number, clients: number, seed: number): History {
  const random = randomNumbers(seed);
  const freeAt = Array.from({ length: clients }, () => random() * 0.2);
  const spans = [...Array(operations).keys()].map((count) => {
    const client = freeAt.indexOf(Math.min(...freeAt));
    const from = freeAt[client] ?? 0;
    const to = from + 0.2 + 2 * random();
    freeAt[client] = to + 0.2 * random();
    return {
      op: `o${count}`,
      client: client + 1,
      from,
      to,
      effect: from + (to - from) * random(),
      write: random() < 0.5,
    };
  });
  let state: string | null = null;
  const seen = new Map<string, string | null>();
  for (const { op, write } of spans.toSorted((a, b) => a.effect - b.effect)) {
    if (write) state = op;
    else seen.set(op, state);
  }
  const events = spans.flatMap(({ op, client, from, to, write }) => {
    const common = { op, client };
    const does = write ? ('write' as const) : ('read' as const);
    const invoke: InvokeEvent = {
      type: 'invoke',
      ...common,
      at: from,
      name: does,
      does,
      key: 'k',
      ...(write ? { value: op } : {}),
    };
    const ok = { type: 'ok' as const, ...common, at: to, ...(write ? {} : { value: seen.get(op) ?? null }) };
    return [invoke, ok];
  });
  events.sort((a, b) => a.at - b.at);
  return { header: new Recording().history.header, events };
}
