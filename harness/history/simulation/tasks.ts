import type { CheckChoice } from '../events.ts';
import { historyOf, numbersOf, type Played } from './played.ts';
import type { Simulated, Simulation } from './simulated.ts';

const startMs = 1_700_000_000_000;

type TaskFlaw = 'none' | 'never ends' | 'late' | 'goes back' | 'vanishes';

/** Tasks that clients start and look at; each takes its time, some starts get no answer and come late, or never. */
function playTasks(check: CheckChoice, seed: number, flaw: TaskFlaw): Simulated {
  const random = numbersOf(seed);
  const withinMs = Number(check.withinMs);
  const played: Played[] = [];
  const tasks = 1 + Math.floor(random() * 3);
  for (let task = 0; task < tasks; task += 1) {
    const key = `t${task}`;
    // The task of the mistake, which somebody looks at; what else there is goes well.
    const isFlawed = flaw !== 'none' && task === 0;
    const from = startMs + random() * 100;
    const startedAt = from + random() * 30;
    const isLost = !isFlawed && random() < 0.2;
    const to = isLost ? from + random() * 60 : startedAt + random() * 10;
    const neverCame = isLost && random() < 0.3;
    played.push({ client: 1, does: 'start', key, from, to, outcome: isLost ? 'unknown' : 'ok' });
    const tookMs = isFlawed && flaw === 'late' ? withinMs + 60 + random() * 100 : random() * withinMs;
    const endedAt = isFlawed && flaw === 'never ends' ? Number.POSITIVE_INFINITY : startedAt + tookMs;
    const state = (at: number, look: number) => {
      if (neverCame || at < startedAt) return null;
      if (isFlawed && flaw === 'vanishes') return null;
      if (isFlawed && flaw === 'goes back' && look === 7) return 'running';
      return at < endedAt ? 'running' : 'done';
    };
    let now = to;
    for (let look = 0; look < 9; look += 1) {
      const isSlow = random() < 0.1 && !isFlawed;
      const lookedAt = now + random() * 10;
      const answeredAt = lookedAt + random() * (isSlow ? 400 : 10);
      const unanswered = random() < 0.1 && !isFlawed;
      const look_ = { client: 2 + task, does: 'status', key, from: now, to: answeredAt } as const;
      if (unanswered) played.push({ ...look_, outcome: 'unknown' });
      else played.push({ ...look_, outcome: 'ok', answer: { value: state(lookedAt, look) } });
      now = answeredAt + random() * (isFlawed ? 20 : 60);
      if (isFlawed && flaw === 'late' && look === 0) now = Math.max(now, to + withinMs + 1);
      if (isFlawed && flaw !== 'late' && look > 4) now = Math.max(now, to + withinMs + 1 + look);
      if (flaw === 'late' && now > endedAt) break;
    }
  }
  return {
    history: historyOf(
      check,
      played.toSorted((a, b) => a.from - b.from),
    ),
  };
}

type JobFlaw = 'none' | 'lost' | 'twice' | 'half' | 'unfinished' | 'order' | 'refused';

/**
 * A queue with producers and consumers on two workers. Jobs and batches are put in, some without an answer; consumers take what is
 * there, some die with it, and what they had comes back after a while where it is promised. In the end the queue is emptied.
 */
function playJobs(check: CheckChoice, seed: number, flaw: JobFlaw): Simulated {
  const random = numbersOf(seed);
  const delivery = String(check.delivery);
  const withinMs = Number(check.withinMs);
  const played: Played[] = [];
  const queue: { readonly id: string; readonly visibleAt: number }[] = [];
  const isFlawless = flaw === 'none';
  let now = startMs;
  let mistakes = 0;
  const back = (ids: readonly string[], at: number) => {
    if (delivery !== 'at-least-once') return;
    for (const id of ids) queue.push({ id, visibleAt: at + withinMs * 0.9 });
  };
  const isMistake = (kind: JobFlaw) => flaw === kind && (mistakes === 0 || random() < 0.3) && ++mistakes > 0;
  const enqueue = (count: number) => {
    const ids = [...Array(random() < 0.3 || flaw === 'half' ? 3 : 1).keys()].map(
      (part) => `j${count}-${part}`,
    );
    const value = ids.length === 1 ? (ids[0] as string) : ids;
    const from = now;
    const at = from + random() * 5;
    const trouble = isFlawless ? random() : 1;
    const outcome = trouble < 0.1 ? 'unknown' : trouble < 0.15 || isMistake('refused') ? 'fail' : 'ok';
    const isIn =
      (outcome === 'ok' || flaw === 'refused' || (outcome === 'unknown' && random() < 0.6)) &&
      !isMistake('lost');
    const parts = isMistake('half') ? ids.slice(0, 2) : ids;
    if (isIn) for (const id of parts) queue.push({ id, visibleAt: at });
    now = at;
    played.push({ client: 1, does: 'enqueue', key: 'q', value, from, to: at + random() * 5, outcome });
  };
  const deliver = (client: number, calm: boolean) => {
    const from = now;
    const at = from + random() * 5;
    now = at;
    const visible = queue.filter(({ visibleAt }) => visibleAt <= at);
    const taken = visible.slice(0, random() < 0.3 ? 2 : 1);
    if (taken.length === 1 && visible.length > 1 && isMistake('order'))
      taken[0] = visible[1] as (typeof taken)[number];
    const ids = taken.map(({ id }) => id);
    for (const each of taken) queue.splice(queue.indexOf(each), 1);
    const isLost = isFlawless && !calm && random() < 0.12;
    const to = isLost ? from + random() * 10 : at + random() * 5;
    const value = ids.length === 0 ? null : ids.length === 1 ? (ids[0] as string) : ids;
    played.push({
      client,
      does: 'deliver',
      key: 'q',
      from,
      to,
      outcome: isLost ? 'unknown' : 'ok',
      ...(isLost ? {} : { answer: { value } }),
    });
    if (ids.length > 0 && isMistake('twice')) queue.push({ id: ids[0] as string, visibleAt: at + 20 });
    if (isLost || (isFlawless && random() < 0.15)) back(ids, at);
    else if (ids.length > 0 && !isMistake('unfinished')) {
      now = to + random() * 3;
      played.push({
        client,
        does: 'finish',
        key: 'q',
        value: ids,
        from: now,
        to: now + random() * 4,
        outcome: isFlawless && random() < 0.1 ? 'unknown' : 'ok',
      });
      now += 4;
    }
    return ids.length;
  };
  for (let count = 0; count < 14; count += 1) {
    now += 10;
    if (random() < 0.5 || count < 4) enqueue(count);
    else deliver(2 + Math.floor(random() * 2), false);
  }
  // Twice: what was under way has come back in between.
  for (let round = 0; round < 2; round += 1) {
    now += withinMs + 20;
    for (let more = true; more; ) {
      now += 10;
      more = deliver(2, true) > 0 || queue.some(({ visibleAt }) => visibleAt <= now);
    }
  }
  now += withinMs + 20;
  while (deliver(2, true) > 0) now += 12;
  return {
    history: historyOf(
      check,
      played.toSorted((a, b) => a.from - b.from),
    ),
  };
}

const tasks = { checker: 'task-ends', withinMs: 200 };
const once = { checker: 'jobs', delivery: 'exactly-once', withinMs: 100 };
const least = { checker: 'jobs', delivery: 'at-least-once', withinMs: 100 };
const most = { checker: 'jobs', delivery: 'at-most-once', withinMs: 100 };
const inOrder = { checker: 'jobs', delivery: 'exactly-once', withinMs: 100, fifo: true };

const tasksWith = (flaw: TaskFlaw) => (seed: number) => playTasks(tasks, seed, flaw);
const jobsWith = (check: CheckChoice, flaw: JobFlaw) => (seed: number) => playJobs(check, seed, flaw);

/** Tasks and queues that keep to what they promise, and the ways in which workers break them. */
export const taskSimulations: readonly Simulation[] = [
  {
    check: tasks,
    subject: 'tasks',
    correct: tasksWith('none'),
    anomalies: {
      'never ends': tasksWith('never ends'),
      'ends late': tasksWith('late'),
      'goes back': tasksWith('goes back'),
      vanishes: tasksWith('vanishes'),
    },
  },
  {
    check: once,
    subject: 'queue, exactly once',
    correct: jobsWith(once, 'none'),
    anomalies: {
      lost: jobsWith(once, 'lost'),
      'delivered twice': jobsWith(once, 'twice'),
      'half a batch': jobsWith(once, 'half'),
      'refused, and delivered': jobsWith(once, 'refused'),
    },
  },
  {
    check: least,
    subject: 'queue, at least once',
    correct: jobsWith(least, 'none'),
    anomalies: {
      lost: jobsWith(least, 'lost'),
      'lost with its worker': jobsWith(least, 'unfinished'),
      'half a batch': jobsWith(least, 'half'),
    },
  },
  {
    check: most,
    subject: 'queue, at most once',
    correct: jobsWith(most, 'none'),
    anomalies: { 'delivered twice': jobsWith(most, 'twice') },
  },
  {
    check: inOrder,
    subject: 'queue in order',
    correct: jobsWith(inOrder, 'none'),
    anomalies: { 'out of order': jobsWith(inOrder, 'order') },
  },
];
