import type { CheckChoice } from '../events.ts';
import type { JournalEntry } from '../journal.ts';
import { historyOf, numbersOf, type Played } from './played.ts';
import type { Simulated } from './simulated.ts';

const startMs = 1_700_000_000_000;

/** A proxy that passes on so many calls at once. */
export function playCalls(check: CheckChoice, allowed: number, seed: number, isLeaky: boolean): Simulated {
  const random = numbersOf(seed);
  const played: Played[] = [];
  const journal: JournalEntry[] = [];
  const busyUntil: number[] = Array.from({ length: allowed }, () => 0);
  let now = startMs;
  for (let count = 1; count <= 24; count += 1) {
    now += random() * 12;
    const workMs = 10 + random() * 40;
    // The first place that is free, or a refusal.
    const place = busyUntil.findIndex((until) => until <= now + 1);
    const call = { client: 1 + (count % 5), does: 'call', key: 'api', from: now } as const;
    if (place < 0 && !(isLeaky && random() < 0.5)) {
      played.push({ ...call, to: now + 2, outcome: 'fail', answer: { status: 429 } });
      continue;
    }
    const arrivedAt = now + 1 + random();
    const isHungUp = random() < 0.25 && !isLeaky;
    const endAt = arrivedAt + workMs;
    const common = {
      op: `o${count}`,
      kind: 'chat',
      status: 200,
      requestText: '',
      answerText: 'one',
      framesSent: 2,
      arrivedAt,
    };
    if (isHungUp) {
      // The place is free at once; the provider notices later.
      const abortedAt = arrivedAt + random() * workMs;
      const byProxy = random() < 0.3;
      played.push({
        ...call,
        to: abortedAt,
        outcome: 'unknown',
        answer: byProxy ? { timedOut: true } : { abortedAt },
      });
      journal.push({ ...common, hungUpAt: abortedAt + random() * 15 });
      busyUntil[place] = abortedAt;
    } else {
      played.push({ ...call, to: endAt + 1, outcome: 'ok', answer: { status: 200 } });
      journal.push({ ...common, completedAt: endAt });
      if (place >= 0) busyUntil[place] = endAt;
    }
  }
  return { history: historyOf(check, played), journal };
}

/** Slots or a lease that clients acquire, renew and release; a time-out may hide that it happened, or make it happen late. */
export function playHolders(
  check: CheckChoice,
  seed: number,
  flaw: 'none' | 'two' | 'early' | 'expired' | 'token',
): Simulated {
  const random = numbersOf(seed);
  const ttlMs = 100;
  const played: Played[] = [];
  let holder = 0;
  let heldUntil = 0;
  let token = 0;
  let now = startMs;
  const last = new Map<number, number>();
  const isLease = check.checker === 'one-holder';
  for (let count = 1; count <= 60; count += 1) {
    now += random() * 12;
    const client = 1 + Math.floor(random() * 3);
    if ((last.get(client) ?? 0) > now) continue;
    const tookMs = random() * 8;
    const from = now;
    const at = now + random() * tookMs;
    now = at;
    const isLost = flaw === 'none' && random() < 0.06;
    // Who gets no answer may have given up before the effect.
    const base = { client, key: 'lease', from, to: isLost ? from + random() * 8 : at + random() * 6 };
    last.set(client, base.to);
    if (isLost && random() < 0.5) {
      played.push({ ...base, does: holder === client ? 'release' : 'acquire', outcome: 'unknown' });
      continue;
    }
    const isHeld = holder !== 0 && at < heldUntil;
    if (isHeld && holder === client && random() < 0.5) {
      holder = 0;
      played.push({ ...base, does: 'release', outcome: isLost ? 'unknown' : 'ok' });
      continue;
    }
    const early = flaw === 'early' && isHeld && heldUntil - at < 85 && heldUntil - at > 30;
    const takes = !isHeld || (isLease && holder === client) || early || (flaw === 'two' && random() < 0.4);
    if (!takes && flaw === 'expired' && last.has(-client)) {
      // Its own lease ran out long ago: it is renewed all the same.
      played.push({ ...base, does: 'acquire', outcome: 'ok', answer: { value: token } });
      continue;
    }
    if (!takes) {
      played.push({ ...base, does: 'acquire', outcome: 'fail' });
      continue;
    }
    if (holder !== client) token = flaw === 'token' && token > 2 ? token - 1 : token + 1;
    last.set(-client, at);
    holder = client;
    heldUntil = at + ttlMs;
    played.push({
      ...base,
      does: 'acquire',
      outcome: isLost ? 'unknown' : 'ok',
      ...(isLost ? {} : { answer: { value: token } }),
    });
  }
  return {
    history: historyOf(
      check,
      played.toSorted((a, b) => a.from - b.from),
    ),
  };
}
