import type { FrameSeen } from '../../events.ts';
import type { Random } from '../random.ts';
import type { Act, Run } from './act.ts';
import { cancelWithinMs, timeoutMs } from './simulated-chats.ts';

/** Plants one mistake in a run; false where the run has no place for it. */
export type Plant = (run: Run, random: Random) => boolean;

const isStream = ({ answer }: Act) => answer.stream !== undefined;

/** Changes an act; false where the run lacks what that needs. */
type Change = (act: Act, random: Random, run: Run) => unknown;

/** Changes one act of a kind. */
function onOne(isFit: (act: Act) => boolean, change: Change): Plant {
  return (run, random) => {
    const fit = run.acts.filter(isFit);
    if (fit.length === 0) return false;
    return change(random.pick(fit), random, run) !== false;
  };
}

const onCall = (change: Change, isFit = (_: Act) => true): Plant =>
  onOne((act) => act.isPlain && act.asked.does === 'call' && isFit(act), change);

/** Changes the frames of a stream that ended well; its value follows. */
const onFrames = (change: (frames: FrameSeen[], random: Random) => void): Plant =>
  onCall((act, random) => {
    const frames = [...(act.answer.stream?.frames ?? [])];
    change(frames, random);
    say(act, frames);
  }, isStream);

function say(act: Act, frames: readonly FrameSeen[]): void {
  act.answer.value = frames.map((frame) => ('text' in frame ? frame.text : '')).join('');
  if (act.answer.stream) act.answer.stream = { ...act.answer.stream, frames };
}

/** Makes it the whole answer, streamed or not. */
function answerWith(act: Act, texts: readonly string[]): void {
  say(act, [...texts.map((text) => ({ at: act.endedAt, text })), { at: act.endedAt, done: true as const }]);
}

const done = { at: 0, done: true } as const;
/** The last text and the end stay where they are. */
const inner = (frames: readonly FrameSeen[], random: Random) => random.between(0, frames.length - 3);

export const streamOrderAnomalies: Readonly<Record<string, Plant>> = {
  'doubled frame': onFrames((frames, random) => {
    const at = inner(frames, random);
    frames.splice(at, 0, ...frames.slice(at, at + 1));
  }),
  'dropped frame': onFrames((frames, random) => frames.splice(inner(frames, random), 1)),
  'swapped frames': onFrames((frames, random) => {
    const at = inner(frames, random);
    frames.splice(at, 2, ...frames.slice(at, at + 2).reverse());
  }),
  'frame of another stream': onCall((act, random, run) => {
    const others = run.acts.filter(({ tokens, op }) => tokens.length > 0 && op !== act.op);
    if (others.length === 0) return false;
    const [foreign = ''] = random.pick(others).tokens;
    return answerWith(act, [...act.tokens.slice(0, 2), foreign, ...act.tokens.slice(2)]);
  }, isStream),
  'frame after the end': onFrames((frames) => frames.push({ at: 0, text: 'more' })),
  'second end': onFrames((frames) => frames.push(done)),
  'end after an error': onFrames((frames) => frames.splice(-1, 1, { at: 0, error: 'upstream' }, done)),
};

const broken = { fault: { kind: 'cut' } };
function cut(act: Act, count: number): void {
  answerWith(act, act.tokens.slice(0, count));
  act.calls = act.calls.map(({ completedAt: _, ...call }) => ({ ...call, ...broken, framesSent: count + 1 }));
}

export const truncationAnomalies: Readonly<Record<string, Plant>> = {
  'cut shown as complete': onCall((act, random) => cut(act, random.between(0, act.tokens.length - 1))),
  'lost end shown as complete': onCall((act) => cut(act, act.tokens.length), isStream),
  'last frame lost': onCall((act) => answerWith(act, act.tokens.slice(0, -1))),
};

export const endAnomalies: Readonly<Record<string, Plant>> = {
  'clean end without terminal': onCall((act, random) => {
    cut(act, random.between(0, act.tokens.length));
    act.type = 'unknown';
    const { frames = [] } = act.answer.stream ?? {};
    act.answer.stream = { frames: frames.slice(0, -1), complete: false, endedCleanly: true };
  }, isStream),
  'broken off by itself': onCall((act, random) => {
    const { frames = [] } = act.answer.stream ?? {};
    const seen = frames.slice(0, random.between(0, frames.length - 1));
    act.type = 'unknown';
    act.answer.stream = { frames: seen, complete: false, endedCleanly: false };
  }, isStream),
};

const onAbort = (change: (call: Act['calls'][number], abortedAt: number) => void): Plant =>
  onOne(
    ({ answer, calls }) => answer.abortedAt !== undefined && calls.at(-1)?.hungUpAt !== undefined,
    ({ answer, calls }) => {
      const call = calls.at(-1);
      if (call) change(call, answer.abortedAt ?? 0);
    },
  );
export const cancelAnomalies: Readonly<Record<string, Plant>> = {
  'never hung up': onAbort((call) => {
    delete call.hungUpAt;
  }),
  'hung up late': onAbort((call, abortedAt) => {
    call.hungUpAt = Math.max(abortedAt, call.arrivedAt) + cancelWithinMs + 50;
  }),
  'answered to nobody': onAbort((call, abortedAt) => {
    delete call.hungUpAt;
    call.completedAt = Math.max(abortedAt, call.arrivedAt) + 3_000;
  }),
  'asked after the abort': onAbort((call, abortedAt) => {
    call.arrivedAt = abortedAt + cancelWithinMs + 50;
    call.hungUpAt = call.arrivedAt + 1;
  }),
};

/** With the marker of another tenant. */
const withForeign = (change: (act: Act, marker: string) => void): Plant =>
  onCall((act, random, run) => {
    const others = run.acts.filter(({ asked }) => asked.marker && asked.tenant !== act.asked.tenant);
    if (others.length === 0) return false;
    return change(act, random.pick(others).asked.marker ?? '');
  });

export const isolationAnomalies: Readonly<Record<string, Plant>> = {
  'answer of another tenant': withForeign((act, marker) => answerWith(act, [`${marker} w1`])),
  'words of another tenant within': withForeign((act, marker) =>
    answerWith(act, [...act.tokens, ` and ${marker}, too`]),
  ),
  'another tenant upstream': withForeign((act, marker) => {
    for (const call of act.calls) call.requestText += ` before: ${marker}.`;
  }),
  'another tenant in an error': withForeign((act, marker) => {
    act.type = 'fail';
    act.answer = { status: 400, error: `400 not like ${marker}!` };
  }),
};

export const onceAnomalies: Readonly<Record<string, Plant>> = {
  'asked twice': onCall((act) => {
    const [call] = act.calls;
    if (call) act.calls.push({ ...call, arrivedAt: call.arrivedAt + 1 });
  }),
  'never asked': onCall((act) => act.calls.splice(0)),
  'answered though all failed': onCall((act) => {
    act.calls = act.calls.map(({ completedAt: _, ...call }) => ({ ...call, status: 503, framesSent: 0 }));
  }),
};

/** With another call that went as well. */
const withOther = (change: (act: Act, other: Act) => void): Plant =>
  onCall((act, random, run) => {
    const others = run.acts.filter((each) => each !== act && each.isPlain && each.tokens.length > 0);
    return others.length > 0 && change(act, random.pick(others));
  });

export const matchAnomalies: Readonly<Record<string, Plant>> = {
  swapped: withOther((act, other) => {
    answerWith(other, act.tokens);
    answerWith(act, other.tokens);
  }),
  "somebody else's": withOther((act, other) => answerWith(act, other.tokens)),
  doubled: onCall((act) => answerWith(act, [...act.tokens, ...act.tokens])),
  empty: onCall((act) => answerWith(act, [])),
  invented: onCall((act) => {
    answerWith(act, ['all is well']);
    act.calls = act.calls.map((call) => ({ ...call, status: 503, framesSent: 0 }));
  }),
  'not as expected': onCall(
    (act) => answerWith(act, ['something else']),
    ({ asked }) => asked.expect !== undefined,
  ),
};

const hang = (count: (act: Act, random: Random) => number): Plant =>
  onCall((act, random) => {
    const stream = {
      frames: act.tokens.slice(0, count(act, random)).map((text) => ({ at: act.invokedAt, text })),
    };
    act.type = 'unknown';
    act.endedAt = act.invokedAt + timeoutMs;
    const seen = isStream(act) ? { stream: { ...stream, complete: false } } : {};
    act.answer = { ...seen, timedOut: true, error: 'no end in time' };
  });
export const livenessAnomalies: Readonly<Record<string, Plant>> = {
  'never answered': hang(() => 0),
  'stops in the middle': hang(({ tokens }, random) => random.between(1, tokens.length)),
  'never asked, never answered': (run, random) => {
    const known = new Set(run.acts.filter(({ answer }) => answer.timedOut));
    if (!hang(() => 0)(run, random)) return false;
    for (const act of run.acts) if (act.answer.timedOut && !known.has(act)) act.calls = [];
    return true;
  },
};
