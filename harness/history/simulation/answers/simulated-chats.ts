import type { FrameSeen, StreamSeen } from '../../events.ts';
import type { JournalEntry } from '../../journal.ts';
import type { Random } from '../random.ts';
import type { Act } from './act.ts';

/** How long after a client's abort a correct gateway may let the call upstream go on. */
export const cancelWithinMs = 500;
export const timeoutMs = 5_000;

export interface Caller {
  readonly op: string;
  readonly client: number;
  readonly tenant: string;
  readonly marker: string;
  readonly at: number;
}

export interface Conditions {
  /** No upstream failures. */
  readonly isHealthy: boolean;
  /** Answers that are not expected word for word are worded anew. */
  readonly rewords: boolean;
}

type Entry = Act['calls'][number];

const framesOf = (texts: readonly string[], at: number): FrameSeen[] =>
  texts.map((text, index) => ({ at: at + index, text }));

/** A streamed answer; `end` is what it ends with, null for nothing. */
export const seen = (
  texts: readonly string[],
  at: number,
  end: 'done' | 'error' | null,
  endedCleanly = true,
): StreamSeen => {
  const last = at + texts.length;
  const ends: FrameSeen[] =
    end === null
      ? []
      : [end === 'done' ? { at: last, done: true } : { at: last, error: 'upstream ended early' }];
  return { frames: [...framesOf(texts, at), ...ends], complete: end === 'done', endedCleanly };
};

/** One chat through a correct gateway: what the client sees and what the provider saw, whatever goes wrong between them. */
export function chat(caller: Caller, random: Random, { isHealthy, rewords }: Conditions): Act {
  const { op, client, tenant, marker, at } = caller;
  const isStream = random.chance(0.6);
  const isExpected = random.chance(0.5);
  const isSilent = !isExpected && random.chance(0.05);
  const words = [marker, ...Array.from({ length: random.between(3, 9) }, (_, word) => `w${word + 1}`)];
  const tokens = isSilent ? [] : words.map((word, index) => (index === words.length - 1 ? word : `${word} `));
  const answerText = tokens.join('');
  const requestText = `say ${marker} for ${op}`;
  const usage = { promptTokens: random.between(3, 20), completionTokens: tokens.length };
  const saysUsage = random.chance(0.7);
  const base = { op, kind: 'chat', requestText, answerText, usage, saysUsage };
  let now = at + random.between(1, 20);
  const attempts: Entry[] = [];
  while (!isHealthy && random.chance(0.15) && attempts.length < 2) {
    attempts.push(failedAttempt(base, now, random));
    now += random.between(2, 30);
  }
  const said = rewords && !isExpected && tokens.length > 0 ? ['Sure: ', ...tokens] : tokens;
  const common = {
    op,
    client,
    invokedAt: at,
    tokens: said,
    asked: {
      name: isStream ? 'stream' : 'chat',
      does: 'call',
      key: op,
      tenant,
      marker,
      account: tenant,
      args: { model: random.pick(['m1', 'm2']) },
      ...(isExpected ? { expect: answerText } : {}),
    },
  } as const;
  const whole = { ...base, status: 200, framesSent: tokens.length + 3, arrivedAt: now };
  const took = random.between(5, 200);
  const told = saysUsage && random.chance(0.8) ? { usage } : {};
  const fate = random.next();
  if (isStream && fate < 0.3) return aborted({ ...common, isPlain: false }, whole, attempts, random);
  if (!isHealthy && fate < 0.4) {
    const broken = failedAttempt(base, now, random);
    return unanswered({ ...common, isPlain: false }, [...attempts, broken], now + took, isStream, random);
  }
  if (!isHealthy && fate < 0.43) {
    const slow: Entry = { ...whole, framesSent: 1, hungUpAt: at + timeoutMs + 2 };
    const end = isStream ? { stream: openStream(said.slice(0, random.between(0, 2)), now) } : {};
    const answer = { ...end, timedOut: true as const };
    return {
      ...common,
      isPlain: false,
      endedAt: at + timeoutMs,
      type: 'unknown',
      answer,
      calls: [...attempts, slow],
    };
  }
  // Who goes by the finish_reason does without the [DONE] that was lost.
  const isEndLost = isStream && !isHealthy && random.chance(0.05);
  const ends = isEndLost
    ? { fault: { kind: 'cut' }, framesSent: tokens.length + 2 }
    : { completedAt: now + took };
  const calls = [...attempts, { ...whole, ...ends }];
  const answer = isStream
    ? { status: 200, value: said.join(''), stream: seen(said, now, 'done'), ...told }
    : { status: 200, value: said.join(''), ...told };
  const isPlain = attempts.length === 0 && tokens.length > 0 && !isEndLost;
  return { ...common, isPlain, endedAt: now + took + random.between(1, 20), type: 'ok', answer, calls };
}

const openStream = (texts: readonly string[], at: number): StreamSeen => ({
  frames: framesOf(texts, at),
  complete: false,
});

/** Refused, cut before or after its first frame, or ended too early. */
function failedAttempt(
  base: Omit<JournalEntry, 'status' | 'framesSent' | 'arrivedAt'>,
  at: number,
  random: Random,
): Entry {
  const refused = random.chance(0.5);
  if (refused)
    return {
      ...base,
      status: random.pick([429, 500, 503]),
      framesSent: 0,
      arrivedAt: at,
      completedAt: at + 1,
    };
  const framesSent = random.between(0, Math.max(0, base.answerText.split(' ').length - 1));
  return {
    ...base,
    status: 200,
    framesSent,
    arrivedAt: at,
    fault: { kind: random.pick(['cut', 'end', 'error']) },
  };
}

type Begun = Pick<Act, 'op' | 'client' | 'invokedAt' | 'tokens' | 'asked' | 'isPlain'>;

/** What the last attempt got, told as an error or as a connection that breaks. */
function unanswered(begun: Begun, calls: Entry[], endedAt: number, isStream: boolean, random: Random): Act {
  const last = calls.at(-1);
  const end = { ...begun, calls, endedAt, type: 'unknown' } as const;
  const status = last?.status === 429 ? 429 : 502;
  if (!isStream || last?.status !== 200) {
    const type = status === 429 ? 'fail' : 'unknown';
    return { ...end, type, answer: { status, error: `${status} the model failed` } };
  }
  const got = begun.tokens.slice(0, Math.max(0, last.framesSent - 1));
  const stream = random.chance(0.6)
    ? seen(got, last.arrivedAt, 'error')
    : seen(got, last.arrivedAt, null, false);
  return { ...end, answer: { status: 200, value: got.join(''), stream } };
}

/** The client hangs up: before the call goes upstream, while it is under way, or when it has ended already. */
function aborted(begun: Begun, whole: Entry, attempts: Entry[], random: Random): Act {
  const abortedAt = random.chance(0.2) ? begun.invokedAt + 1 : whole.arrivedAt + random.between(1, 150);
  const endedBefore = random.chance(0.1);
  const count =
    abortedAt < whole.arrivedAt ? 0 : random.chance(0.3) ? 1 : random.between(0, begun.tokens.length);
  // A frame may be cut anywhere, so that what was got ends in the middle of a word.
  const texts = begun.tokens.slice(0, count);
  const cut = texts.at(-1);
  if (cut !== undefined && random.chance(0.5))
    texts[texts.length - 1] = cut.slice(0, random.between(1, cut.length));
  const stopsAt = Math.max(abortedAt, whole.arrivedAt) + random.between(0, cancelWithinMs - 1);
  const call =
    endedBefore && abortedAt > whole.arrivedAt
      ? { ...whole, completedAt: abortedAt }
      : { ...whole, hungUpAt: stopsAt };
  const isSent = abortedAt > whole.arrivedAt || random.chance(0.5);
  return {
    ...begun,
    endedAt: abortedAt + 1,
    type: 'unknown',
    answer: { stream: openStream(texts, whole.arrivedAt), abortedAt, error: 'hung up' },
    calls: isSent ? [...attempts, call] : attempts,
  };
}
