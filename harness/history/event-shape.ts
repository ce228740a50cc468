import { actions } from './events.ts';

/** An object of a line, not yet known to be what it should be. */
export type Fields = Readonly<Record<string, unknown>>;

type Test = (value: unknown) => boolean;
type Shape = Readonly<Record<string, Test>>;

const isText: Test = (value) => typeof value === 'string';
const isWhole: Test = (value) => Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) <= 1e9;
/** Of times too: they count from the epoch. */
const isAmount: Test = (value) => Number.isFinite(value) && Number(value) >= 0;
const isTrue: Test = (value) => value === true;
const isFlag: Test = (value) => typeof value === 'boolean';
const isRecord = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isOneOf =
  (...choices: readonly unknown[]): Test =>
  (value) =>
    choices.includes(value);
const maybe =
  (test: Test): Test =>
  (value) =>
    value === undefined || test(value);
const isListOf =
  (test: Test): Test =>
  (value) =>
    Array.isArray(value) && value.every(test);
const isLike =
  (shape: Shape): Test =>
  (value) =>
    isRecord(value) && wrongField(value, shape) === undefined;

export const headerShape: Shape = {
  workload: isText,
  planHash: isText,
  subject: isText,
  checks: isListOf(isLike({ checker: isText })),
  faults: maybe(isListOf(isText)),
  initial: maybe(isRecord),
  timeoutMs: maybe(isAmount),
};

const operation: Shape = { op: isText, client: isWhole, process: maybe(isWhole), at: isAmount };
const texts = ['idempotencyKey', 'account', 'partOf', 'tenant', 'marker', 'expect'];

export const invokeShape: Shape = {
  ...operation,
  name: isText,
  does: isOneOf(...actions),
  key: isText,
  args: maybe(isRecord),
  ...Object.fromEntries(texts.map((name) => [name, maybe(isText)])),
};

/** Of an event in a stream: exactly one of text, end and error. */
const isFrame: Test = (value) => {
  if (!isRecord(value) || !isAmount(value.at)) return false;
  const [name, ...more] = ['text', 'done', 'error'].filter((each) => value[each] !== undefined);
  if (name === undefined || more.length > 0) return false;
  return name === 'done' ? value.done === true : isText(value[name]);
};

export const completionShape: Shape = {
  ...operation,
  worker: maybe(isLike({ index: isWhole, pid: isWhole })),
  error: maybe(isText),
  status: maybe(isWhole),
  timedOut: maybe(isTrue),
  usage: maybe(isLike({ promptTokens: isAmount, completionTokens: isAmount })),
  stream: maybe(isLike({ frames: isListOf(isFrame), complete: isFlag })),
  abortedAt: maybe(isAmount),
};

/** Looser than a plan: an older or newer plan may know other faults, of which the lanes show what they can. */
export const faultShape: Shape = {
  id: isText,
  at: isAmount,
  state: isOneOf('fired', 'reverted'),
  fault: (value) =>
    isRecord(value) &&
    isOneOf('worker', 'service', 'stream', 'client')(value.on) &&
    (value.on !== 'stream' || isLike({ kind: isText })(value.effect)),
  proof: maybe(isRecord),
};

/** What an answer's value must be, where there is one and the action says so. */
const answers: Readonly<Record<string, Test>> = {
  list: Array.isArray,
  count: (value) => Number.isFinite(value),
  snapshot: isRecord,
};

/** Whether the value of a well-ended operation is what its action answers. */
export const isAnswerTo = (does: unknown, value: unknown): boolean =>
  maybe(answers[String(does)] ?? (() => true))(value);

/** Whether what an operation asks for is what its action takes. */
export const isAskedOf = (does: unknown, value: unknown): boolean =>
  does !== 'increment' || maybe((amount) => Number.isFinite(amount))(value);

/** The first field that is not as it should be; undefined where all are. */
export function wrongField(fields: Fields, shape: Shape): string | undefined {
  return Object.keys(shape).find((name) => !shape[name]?.(fields[name]));
}
