import type { Random } from '../random.ts';
import type { Act, Run } from './act.ts';
import type { Plant } from './chat-anomalies.ts';

interface Quiet {
  readonly calls: readonly Act[];
  /** What the account shows in the end, as it is right. */
  readonly shown: { promptTokens: number; completionTokens: number; requests: number };
}

/** Leaves the account of a tenant with nothing but calls that went well, and shows exactly these in the end. */
function quiet(run: Run, tenant: string): Quiet | undefined {
  const calls = run.acts.filter(
    ({ asked, isPlain }) => asked.does === 'call' && asked.tenant === tenant && isPlain,
  );
  const looks = run.acts.filter(({ asked }) => asked.does === 'usage' && asked.account === tenant);
  const [first] = looks;
  const last = looks.at(-1);
  if (calls.length === 0 || !first || !last) return undefined;
  for (const act of calls) for (const call of act.calls) call.saysUsage = true;
  const kept = new Set([...calls, first, last]);
  const others = run.acts.filter(
    (act) => (act.asked.account !== tenant && act.asked.tenant !== tenant) || kept.has(act),
  );
  run.acts.splice(0, run.acts.length, ...others);
  const shown = { ...(first.answer.value as unknown as Quiet['shown']) };
  for (const { usage } of calls.flatMap((act) => act.calls)) {
    shown.requests += 1;
    shown.promptTokens += usage?.promptTokens ?? 0;
    shown.completionTokens += usage?.completionTokens ?? 0;
  }
  last.answer.value = shown;
  return { calls, shown };
}

const inAccount =
  (change: (shown: Quiet['shown'], call: Act['calls'][number], random: Random) => void): Plant =>
  (run, random) => {
    const found = quiet(run, random.pick(['ann', 'bob']));
    const call = found && random.pick(found.calls).calls[0];
    if (!found || !call) return false;
    change(found.shown, call, random);
    return true;
  };

const inAnswer =
  (change: (tokens: number) => number): Plant =>
  (run, random) => {
    const told = run.acts.filter(
      ({ isPlain, answer, calls }) => isPlain && answer.usage && calls.every((call) => call.saysUsage),
    );
    if (told.length === 0) return false;
    const { answer } = random.pick(told);
    const { promptTokens = 0, completionTokens = 0 } = answer.usage ?? {};
    answer.usage = { promptTokens, completionTokens: change(completionTokens) };
    return true;
  };

export const usageAnomalies: Readonly<Record<string, Plant>> = {
  'call counted twice': inAccount((shown, { usage }) => {
    shown.promptTokens += usage?.promptTokens ?? 0;
    shown.completionTokens += usage?.completionTokens ?? 0;
    shown.requests += 1;
  }),
  'call never counted': inAccount((shown, { usage }) => {
    shown.promptTokens -= usage?.promptTokens ?? 0;
    shown.completionTokens -= usage?.completionTokens ?? 0;
    shown.requests -= 1;
  }),
  'tokens lost, request counted': inAccount((shown, { usage }) => {
    shown.completionTokens -= usage?.completionTokens ?? 0;
  }),
  'answer says twice': inAnswer((tokens) => 2 * tokens),
  'answer says nothing': inAnswer(() => 0),
};
