import { setTimeout as delay } from 'node:timers/promises';
import type { Json } from '../../plan/json.ts';
import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  type Meaning,
  type Operation,
  type PartMeaning,
} from '../workload.ts';
import { type ControlOperation, type ControlRun, countOf, saidBy, textOf } from './run.ts';

/** A message that is accepted is in the messages and the events, which are one sequence, and in their count. */
export const toldParts = (
  key: string,
  value: Json,
  more: Partial<Omit<Meaning, 'does' | 'key' | 'value'>> = {},
): readonly PartMeaning[] => [
  { part: 'message', does: 'append', key, value, tenant: 'owner', ...more },
  { part: 'count', does: 'increment', key: countOf(key), value: 1, tenant: 'owner', ...more },
];

export const post = (
  client: Client,
  { headers, sessionOf }: ControlRun,
  { key }: Operation,
  body: object,
  idempotencyKey?: string,
): Promise<Answer> =>
  client.request({
    path: '/message',
    body: { session_id: sessionOf(key), ...body },
    headers: { ...headers, ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }) },
  });

/** Posts a message once. */
export const say: ControlOperation = {
  name: 'say',
  meaning: (operation) => toldParts(operation.key, saidBy(operation), { marker: saidBy(operation) }),
  perform: async (operation, client, run) => {
    const capability = String(operation.step.args.label ?? '');
    return completionOf(await post(client, run, operation, { message: textOf(operation), capability }));
  },
};

const attempts = 40;
const pauseMs = 50;

/** Posts a message with a key until it is accepted: lost answers and refusals of a moment are asked for again. */
export const insist: ControlOperation = {
  name: 'insist',
  meaning: (operation) => toldParts(operation.key, saidBy(operation), { marker: saidBy(operation) }),
  perform: async (operation, client, run) => {
    let last: Completion = { type: 'unknown' };
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      if (attempt > 1) await delay(pauseMs);
      const body = { message: textOf(operation) };
      const answer = await post(client, run, operation, body, operation.id).catch((error: Error) => error);
      // Whether an attempt without an answer was the one that counts is not known, until a later one is answered.
      last = answer instanceof Error ? { type: 'unknown', error: answer.message } : completionOf(answer);
      if (last.type === 'ok') return last;
      // The key knows what was done by an earlier attempt: a refusal is one of all.
      if (last.type === 'fail') return last;
    }
    return last;
  },
};

/** The message of a session that everybody posts. */
export const letterOf = ({ key }: Operation): string => `letter-to-${key}`;

/** Its key: the same for all who send it. */
export const letterKey = (operation: Operation, { nonce }: ControlRun): string =>
  `${letterOf(operation)}-${nonce}`;

/** Posts the message that others post as well, under the key that they use. */
export const sayAgain: ControlOperation = {
  name: 'say-again',
  meaning: (operation, run) =>
    toldParts(operation.key, letterOf(operation), { idempotencyKey: letterKey(operation, run) }),
  perform: async (operation, client, run) => {
    const body = { message: letterOf(operation) };
    const answers: (Completion & { readonly text?: string })[] = [];
    for (let time = 1; time <= Number(operation.step.args.times ?? 1); time += 1) {
      const answer = await post(client, run, operation, body, letterKey(operation, run)).catch(
        (error: Error) => error,
      );
      if (answer instanceof Error) answers.push({ type: 'unknown', error: answer.message });
      else answers.push({ ...completionOf(answer), text: answer.text });
    }
    const accepted = answers.filter(({ type }) => type === 'ok');
    const [first] = accepted;
    // What is known of one is known of all; the one effect has one answer, to the byte.
    if (first?.status === undefined)
      return answers.find(({ type }) => type === 'unknown') ?? answers[0] ?? failed;
    const value = [...new Set(accepted.map(({ text = '' }) => text))].join('\n');
    return { type: 'ok', status: first.status, parts: { message: { value } } };
  },
};

const failed: Completion = { type: 'fail', error: 'not sent' };

/** Posts another message under the key of a letter: one of the two is refused, whichever comes later. */
export const clash: ControlOperation = {
  name: 'clash',
  meaning: (operation) => toldParts(operation.key, saidBy(operation), { marker: saidBy(operation) }),
  perform: async (operation, client, run) => {
    const answer = await post(
      client,
      run,
      operation,
      { message: textOf(operation) },
      letterKey(operation, run),
    );
    return completionOf(answer, undefined, { conflictIsRefusal: true });
  },
};
