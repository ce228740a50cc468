import type { Json } from '../../plan/json.ts';
import type { CompletionEvent, History, InvokeEvent } from '../events.ts';

/** A request with its answer: what the search below puts in order. */
interface Request {
  readonly asked: InvokeEvent;
  readonly answer: CompletionEvent | undefined;
  readonly begins: number;
  /** Infinite for what may come at any later time, or never. */
  readonly ends: number;
}

type State = readonly Json[] | Json;

/**
 * Whether the requests of one small object have an order, by trying every order from every beginning, each repeated request for
 * itself. Slow and plain on purpose: it is what the checker is held to, so it shares nothing with it but the format.
 */
export function hasOrder({ header, events }: History): boolean {
  const requests: Request[] = [];
  for (const [begins, asked] of events.entries()) {
    if (asked.type !== 'invoke') continue;
    const place = events.findIndex(
      (event) => event.type !== 'invoke' && 'op' in event && event.op === asked.op,
    );
    const answer = place < 0 ? undefined : (events[place] as CompletionEvent);
    const isSure = answer?.type === 'ok';
    if (answer?.type !== 'fail') requests.push({ asked, answer, begins, ends: isSure ? place : Infinity });
  }
  const looks = ['read', 'list', 'count'];
  const useful = requests.filter(({ asked, answer }) => !looks.includes(asked.does) || answer?.type === 'ok');
  const stated = header.initial?.k;
  const beginnings = stated === undefined ? beginningsOf(events) : [stated];
  return beginnings.some((beginning) => place(beginning, useful, new Set()));
}

/** Tries each request that may come next, until all that must be there are. */
function place(state: State, left: readonly Request[], done: ReadonlySet<string>): boolean {
  const due = Math.min(...left.map(({ ends }) => ends), Infinity);
  if (due === Infinity) return true;
  return left.some((request) => {
    if (request.begins > due) return false;
    const { idempotencyKey } = request.asked;
    const rest = left.filter((other) => other !== request);
    if (idempotencyKey !== undefined && done.has(idempotencyKey)) return place(state, rest, done);
    const after = taken(state, request);
    if (after === undefined) return false;
    return place(after, rest, idempotencyKey === undefined ? done : new Set([...done, idempotencyKey]));
  });
}

const members = (state: State): readonly Json[] => (Array.isArray(state) ? (state as readonly Json[]) : []);

/** The state after a request; undefined where its answer does not fit. */
function taken(state: State, { asked, answer }: Request): State | undefined {
  const { does, value = null, from = null } = asked;
  const seen = answer?.value ?? null;
  if (does === 'read' || does === 'count') return state === seen ? state : undefined;
  if (does === 'list') return JSON.stringify(members(state)) === JSON.stringify(seen) ? state : undefined;
  if (does === 'cas') {
    if (answer?.type === 'ok' && seen === false) return state === from ? undefined : state;
    return state === from ? value : undefined;
  }
  if (does === 'write') return value;
  if (does === 'increment') return Number(state) + Number(value);
  const others = members(state).filter((member) => member !== value);
  if (does === 'add') return [...others, value].sort();
  if (does === 'remove') return others;
  return Array.isArray(state) ? [] : null;
}

/** Everything that an object with the values 1, 2 and 3 can have begun with; 9 stands for what nobody speaks of. */
function beginningsOf(events: History['events']): readonly State[] {
  const invokes = events.filter((event) => event.type === 'invoke');
  const does = new Set(invokes.map((event) => event.does));
  if (does.has('increment') || does.has('count')) return [0, 1, 2, 3];
  const possible = [1, 2, 3].filter((value) => !isRefused(value, events));
  if (!does.has('add') && !does.has('list') && !does.has('remove')) return [null, 9, ...possible];
  return possible.reduce<(readonly Json[])[]>(
    (subsets, value) => subsets.concat(subsets.map((subset) => [...subset, value])),
    [[]],
  );
}

/** No value was asked for twice; one change ever spoke of this one, it was refused, and nothing before it had the value. */
function isRefused(value: Json, events: History['events']): boolean {
  const changes = ['write', 'cas', 'add', 'remove'];
  const speaking = events.flatMap((event, at) =>
    event.type === 'invoke' && changes.includes(event.does) && event.value === value ? { event, at } : [],
  );
  const asked = events.flatMap((event) =>
    event.type === 'invoke' && ['write', 'cas', 'add'].includes(event.does) ? [event.value ?? null] : [],
  );
  const [only] = speaking;
  if (new Set(asked).size < asked.length) return false;
  if (!only || speaking.length > 1 || only.event.does === 'remove') return false;
  const endOf = (op: string) =>
    events.find((event) => event.type !== 'invoke' && 'op' in event && event.op === op);
  if (endOf(only.event.op)?.type !== 'fail') return false;
  return !events.slice(0, only.at).some((event) => {
    if (event.type !== 'invoke') return false;
    const end = endOf(event.op);
    const seen = end && 'value' in end ? end.value : undefined;
    const found =
      event.does === 'cas' ? event.from : event.does === 'read' || event.does === 'list' ? seen : undefined;
    return found === value || (Array.isArray(found) && found.includes(value));
  });
}
