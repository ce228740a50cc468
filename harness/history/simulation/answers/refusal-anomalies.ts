import type { Random } from '../random.ts';
import type { Act, Run } from './act.ts';
import type { Plant } from './chat-anomalies.ts';

type Made = Pick<Act, 'type' | 'answer'> & {
  readonly asked: Pick<Act['asked'], 'does'> & Partial<Act['asked']>;
};

/** Operations of one client after all others, one after the other, on something that no other touches. */
const atTheEnd =
  (steps: (id: (count: number) => string) => readonly Made[]): Plant =>
  (run) => {
    const from = Math.max(...run.acts.map(({ endedAt }) => endedAt)) + 100;
    const id = (count: number) => `planted${count}-${run.acts.length}`;
    const made = steps(id).map(({ asked, ...rest }, count): Act => {
      const at = from + 10 * count;
      const common = {
        op: id(count),
        client: 3,
        invokedAt: at,
        endedAt: at + 5,
        calls: [],
        tokens: [],
        isPlain: false,
      };
      return { ...common, ...rest, asked: { name: asked.does, key: 'fresh', tenant: 'ann', ...asked } };
    });
    run.acts.push(...made);
    return true;
  };

const ok = (asked: Made['asked'], answer: Act['answer'] = {}): Made => ({
  asked,
  type: 'ok',
  answer: { status: 200, ...answer },
});
const refused = (asked: Made['asked'], status: number): Made => ({
  asked,
  type: status >= 500 ? 'unknown' : 'fail',
  answer: { status },
});

const onCall =
  (change: (act: Act, run: Run, random: Random) => void): Plant =>
  (run, random) => {
    const calls = run.acts.filter(({ isPlain, asked }) => isPlain && asked.does === 'call');
    if (calls.length === 0) return false;
    change(random.pick(calls), run, random);
    return true;
  };

export const refusalAnomalies: Readonly<Record<string, Plant>> = {
  'false 404': atTheEnd((id) => [
    ok({ does: 'write', value: id(0) }),
    ok({ does: 'read' }, { value: id(0) }),
    refused({ does: 'read' }, 404),
  ]),
  'false 404 of a list': atTheEnd((id) => [
    ok({ does: 'add', value: id(0) }),
    refused({ does: 'list' }, 404),
  ]),
  'false 429': atTheEnd(() => [refused({ does: 'request' }, 429)]),
  'false 429 below the limit': atTheEnd(() => [
    ok({ does: 'request' }),
    ok({ does: 'request' }),
    refused({ does: 'request' }, 429),
  ]),
  'false 500': onCall((act) => {
    act.type = 'unknown';
    act.answer = { status: 500, error: 'Internal Server Error' };
  }),
  'false 503 of state': atTheEnd(() => [refused({ does: 'read' }, 503)]),
  'refused but done': atTheEnd((id) => [
    ok({ does: 'read' }, { value: 'before' }),
    refused({ does: 'write', value: 'new' }, 422),
    ok({ does: 'read', tenant: 'ann' }, { value: 'new', error: id(2) }),
  ]),
  'refused but added': atTheEnd((id) => [
    refused({ does: 'add', value: id(0) }, 400),
    ok({ does: 'list' }, { value: ['other', id(0)] }),
  ]),
  'refused but answered upstream': onCall((act, _, random) => {
    act.type = 'fail';
    act.answer = { status: random.pick([401, 404, 413, 429]), error: 'refused' };
  }),
  'refused, then sent upstream': onCall((act) => {
    act.type = 'fail';
    act.answer = { status: 429, error: 'refused' };
    for (const call of act.calls) call.arrivedAt = act.endedAt + 20;
    for (const call of act.calls) call.completedAt = act.endedAt + 40;
  }),
};
