import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { foldCounters, withoutGauges } from '../metrics-fold.ts';
import type { ToPrimary, ToWorker } from './cluster-message.ts';

/** The one topic whose answers outlive their workers: prom-client's metrics as JSON. */
export const metricsTopic = 'metrics';

/** More dead workers than this are added up to one. */
const maxRemembered = 4;

interface Told {
  value: unknown;
  isAlive: boolean;
}

interface Round {
  readonly topic: string;
  readonly values: Map<number, unknown>;
  readonly missing: Set<number>;
  readonly end: () => void;
}

/**
 * The primary's side of {@link Gatherings}: passes questions on to all workers and their answers back. It remembers
 * what each worker told last of `metrics`, and of dead ones the counters, which so never go down in an answer.
 */
export function relayGatherings(log: Logger): void {
  const remembered = new Map<number, Told>();
  const rounds = new Map<number, Round>();
  let roundIds = 0;

  const tell = (worker: Worker, message: ToWorker) => {
    if (worker.isConnected()) worker.send(message);
  };

  const begin = (asker: Worker, { id, topic, timeoutMs }: Extract<ToPrimary, { type: 'gather' }>) => {
    const live = Object.values(cluster.workers ?? {}).filter(
      (worker): worker is Worker => worker?.isConnected() === true,
    );
    roundIds += 1;
    const roundId = roundIds;
    const values = new Map<number, unknown>();
    const end = () => {
      clearTimeout(timer);
      rounds.delete(roundId);
      const past = topic === metricsTopic ? [...remembered] : [];
      const others = past.flatMap(([workerId, { value }]) => (values.has(workerId) ? [] : [value]));
      tell(asker, { type: 'gathered', id, values: [...values.values(), ...others] });
    };
    const timer = setTimeout(end, timeoutMs);
    const missing = new Set(live.map((worker) => worker.id));
    rounds.set(roundId, { topic, values, missing, end });
    for (const worker of live) tell(worker, { type: 'asked', id: roundId, topic });
  };

  const arrived = (workerId: number, round: Round | undefined) => {
    round?.missing.delete(workerId);
    if (round?.missing.size === 0) round.end();
  };

  cluster.on('message', (worker, message: ToPrimary) => {
    if (message.type === 'gather') begin(worker, message);
    if (message.type !== 'told') return;
    if (message.topic === metricsTopic) {
      // Messages of a worker that has just died may come after its exit.
      const isAlive = !worker.isDead() && (remembered.get(worker.id)?.isAlive ?? true);
      const value = isAlive ? message.value : withoutGauges(message.value);
      remembered.set(worker.id, { value, isAlive });
    }
    const round = message.id === undefined ? undefined : rounds.get(message.id);
    round?.values.set(worker.id, message.value);
    arrived(worker.id, round);
  });

  cluster.on('exit', (worker) => {
    const told = remembered.get(worker.id);
    if (told) remembered.set(worker.id, { value: withoutGauges(told.value), isAlive: false });
    for (const round of rounds.values()) {
      if (round.missing.has(worker.id)) arrived(worker.id, round);
    }
    addUp(remembered).catch((error: Error) => log.error({ err: error }, 'counters could not be added up'));
  });
}

/** Makes one of the dead, so that a worker that dies again and again costs no memory. */
async function addUp(remembered: Map<number, Told>): Promise<void> {
  const dead = [...remembered].filter(([, { isAlive }]) => !isAlive);
  if (dead.length <= maxRemembered) return;
  const old = dead.slice(0, -1);
  const value = await foldCounters(old.map(([, told]) => told.value));
  const [first] = old[0] as (typeof old)[number];
  // Nothing may have changed meanwhile: what another call has added up is gone from the map.
  if (old.some(([id, told]) => remembered.get(id) !== told)) return;
  for (const [id] of old) remembered.delete(id);
  remembered.set(first, { value, isAlive: false });
}
