import type { Fault } from '../../../plan/fault.ts';
import type { FaultEvent } from '../../events.ts';
import type { Random } from '../random.ts';
import type { Act } from './act.ts';
import { seen, timeoutMs } from './simulated-chats.ts';

const revertAfterMs = 500;

/** A fault somewhere in a run, and what it does to operations that are under way then: a correct gateway cannot help it. */
export function disturb(acts: readonly Act[], random: Random): readonly FaultEvent[] {
  const hit = random.pick(acts.filter(({ asked }) => asked.does === 'call'));
  const fault = faultOn(hit, random);
  const firedAt = random.between(hit.invokedAt, hit.endedAt);
  const revertedAt = firedAt + random.between(1, revertAfterMs);
  if (fault.on === 'stream' && fault.effect.kind === 'duplicate') twice(hit);
  else if (fault.on === 'stream' && fault.link === 'client>gateway') cleanEnd(hit, random);
  else {
    for (const act of acts) {
      if (act.invokedAt <= revertedAt && act.endedAt >= firedAt && random.chance(0.6))
        fail(act, random, act === hit || fault.on !== 'stream');
    }
  }
  const event = { type: 'fault', id: 'f1', fault } as const;
  return [
    { ...event, at: firedAt, state: 'fired', proof: { seen: true } },
    { ...event, at: revertedAt, state: 'reverted' },
  ];
}

function faultOn({ op }: Act, random: Random): Fault {
  const target = { operation: op };
  const wire = { on: 'stream', through: 'wire', target, revertAfterMs } as const;
  return random.pick<Fault>([
    { on: 'worker', action: 'kill', service: 'gateway', worker: 1, revertAfterMs },
    { on: 'worker', action: 'stop', service: 'gateway', worker: 2, revertAfterMs },
    { on: 'service', action: 'pause', service: 'provider', revertAfterMs },
    { ...wire, link: 'gateway>provider', effect: { kind: 'half-open' } },
    { ...wire, link: 'client>gateway', effect: { kind: 'end', afterFrames: 2 } },
    { ...wire, link: 'gateway>provider', effect: { kind: 'duplicate', frame: 1 } },
  ]);
}

/** Not answered in time, refused, or broken off; the last only where the fault is not one of another's connection. */
function fail(act: Act, random: Random, mayBreakOff: boolean): void {
  if (act.answer.abortedAt !== undefined) {
    // The hang-up is noticed late.
    for (const call of act.calls) if (call.hungUpAt !== undefined) call.hungUpAt += random.between(0, 3_000);
    return;
  }
  act.type = 'unknown';
  if (random.chance(0.3)) {
    act.endedAt = act.invokedAt + timeoutMs;
    act.answer = { timedOut: true, error: 'no answer in time' };
  } else if (random.chance(0.5)) act.answer = { status: random.pick([500, 502, 503]), error: 'disturbed' };
  else if (act.answer.stream && mayBreakOff) act.answer = { stream: seen([], act.invokedAt, null, false) };
  else act.answer = { error: 'socket hang up' };
  const [call] = act.calls;
  // What was answered was lost on its way, and is asked for again.
  if (call?.completedAt !== undefined && random.chance(0.3))
    act.calls.push({ ...call, arrivedAt: call.arrivedAt + 1 });
}

/** The wire sends the first frame twice. */
function twice(act: Act): void {
  const { stream } = act.answer;
  const [first] = stream?.frames ?? [];
  if (!stream || !first || !('text' in first)) return;
  act.answer.stream = { ...stream, frames: [first, ...stream.frames] };
  act.answer.value = first.text + String(act.answer.value ?? '');
}

/** The wire ends the body between gateway and client, as if the gateway had. */
function cleanEnd(act: Act, random: Random): void {
  if (!act.answer.stream || act.answer.abortedAt !== undefined) return;
  act.type = 'unknown';
  act.answer = { status: 200, stream: seen(act.tokens.slice(0, random.between(0, 2)), act.invokedAt, null) };
}
