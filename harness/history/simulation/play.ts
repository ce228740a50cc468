import type { Json } from '../../plan/json.ts';
import type { HistoryEvent } from '../events.ts';
import { type Act, type Asking, lagMs, type Script } from './act.ts';
import { randomOf } from './random.ts';
import type { Simulated } from './simulated.ts';
import { Store } from './store.ts';

const looks = new Set<string>(['read', 'list', 'count', 'snapshot']);
const epoch = 1_000;

type Moment = 'effect' | 'start' | 'end';

/** Plays a script: every act begins, takes effect and ends at its moments; what the clients see is the history. */
export function play({ acts, initial, isStated, lag, seed }: Script): Simulated {
  const random = randomOf(seed);
  const store = new Store(initial);
  const answers = new Map<Act, readonly Json[]>();
  /** What a client has seen last, and the last effect that was acknowledged to it: moments, per key. */
  const seen = new Map<string, number>();
  const acknowledged = new Map<string, number>();
  const events: HistoryEvent[] = [];
  const ops = new Map(acts.map((act, at) => [act, `o${at + 1}`]));

  const ends = { start: begin, end };
  for (const { act, moment, at } of momentsOf(acts)) {
    if (moment === 'effect') answers.set(act, take(act, at));
    else for (const part of act.asks.keys()) ends[moment](act, part);
  }
  const checks: never[] = [];
  const header = {
    type: 'header',
    version: 1,
    workload: 'simulated',
    planHash: '0',
    subject: 'simulated',
  } as const;
  return { history: { header: { ...header, checks, ...(isStated ? { initial } : {}) }, events } };

  function idOf(act: Act, part: number): string {
    return act.asks.length > 1 ? `${ops.get(act)}.${part + 1}` : `${ops.get(act)}`;
  }

  function begin(act: Act, part: number): void {
    const { client, tenant, idempotencyKey } = act;
    const asking = act.asks[part] as Asking;
    events.push({
      type: 'invoke',
      op: idOf(act, part),
      client,
      at: epoch + act.startAt,
      name: asking.does,
      ...asking,
      ...(tenant === undefined ? {} : { tenant }),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...(act.asks.length > 1 ? { partOf: `${ops.get(act)}` } : {}),
    });
  }

  function take(act: Act, at: number): readonly Json[] {
    const { answer, times = 1 } = act.wrong ?? {};
    const asOf = momentOf(act, at);
    return act.asks.map((asking) => {
      if (looks.has(asking.does)) {
        const truth = stateFor(asking, asOf);
        return answer ? answer(truth) : truth;
      }
      // Twice wrong is done as if it were another request.
      const id =
        act.idempotencyKey && JSON.stringify([asking.key, act.tenant, asking.does, act.idempotencyKey]);
      let result: Json = 'not done';
      for (let time = 0; time < times; time += 1)
        result = store.change(asking, at, times > 1 || act.wrong?.times === 1 ? undefined : id);
      return answer ? answer(result) : result;
    });
  }

  function stateFor({ does, key }: Asking, asOf: number): Json {
    if (does !== 'snapshot') return store.stateAt(key, asOf);
    return Object.fromEntries(Object.keys(initial).map((each) => [each, store.stateAt(each, asOf)]));
  }

  /** The moment whose state a client is shown. */
  function momentOf({ client, asks: [asking] }: Act, at: number): number {
    if (lag === 'none' || !asking || !looks.has(asking.does)) return at;
    const place = lag === 'together' ? `${client}` : `${client} ${asking.key}`;
    const least = Math.max(
      at - lagMs,
      lag === 'reads' || lag === 'together' ? (seen.get(place) ?? 0) : 0,
      lag === 'writes' ? (acknowledged.get(place) ?? 0) : 0,
    );
    const asOf = random.chance(0.5) ? at : least + random.next() * Math.max(0, at - least);
    seen.set(place, Math.max(asOf, seen.get(place) ?? 0));
    return asOf;
  }

  function end(act: Act, part: number): void {
    const { client, worker, outcome, endAt, effectAt = 0 } = act;
    const common = { op: idOf(act, part), client, at: epoch + endAt };
    const asking = act.asks[part];
    if (outcome === 'lost') events.push({ type: 'unknown', ...common, timedOut: true });
    else if (outcome === 'refused' || !asking)
      events.push({ type: 'fail', ...common, error: '400', worker: workerOf(worker) });
    else {
      const value = answers.get(act)?.[part] ?? null;
      const place = `${client} ${asking.key}`;
      acknowledged.set(place, Math.max(effectAt, acknowledged.get(place) ?? 0));
      events.push({ type: 'ok', ...common, worker: workerOf(worker), value });
    }
  }
}

const workerOf = (index: number) => ({ index, pid: 100 + index });

function momentsOf(acts: readonly Act[]) {
  const moments: { act: Act; moment: Moment; at: number }[] = [];
  for (const act of acts) {
    moments.push({ act, moment: 'start', at: act.startAt });
    if (act.effectAt !== undefined) moments.push({ act, moment: 'effect', at: act.effectAt });
    moments.push({ act, moment: 'end', at: act.endAt });
  }
  return moments.sort((a, b) => a.at - b.at);
}
