import { callsOf, isAnswered, type Journal } from '../journal.ts';
import type { Operation } from '../timeline.ts';
import type { Checker } from '../verdict.ts';
import { type Account, accountsOf, type Fields, fieldsOf, type Prices, quantities } from './account-usage.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach, type Look } from './judge-each.ts';

export interface UsageOptions extends Prices {
  /** So long after an answer an account shows it. Default: 1 s. */
  readonly withinMs?: number;
}

/** Sums of prices are inexact. */
const tolerance = 1e-9;

/** What was used is what the model says was used. Source: `usage` of the OpenAI API; Berenson et al. 1995 for lost additions. */
export function usageSums({ withinMs = 1_000, ...prices }: UsageOptions = {}): Checker {
  return {
    name: 'usage-sums',
    rule: `Answers and accounts show no more than what was asked of the model for them, retries included, and ${withinMs} ms after the last answer no less than what was surely answered.`,
    needs: [
      'the journal with the usage of each call, which answers tell; a subject that passes on what it is told',
      'calls and `usage` operations with the same `account`; all that an account paid before is in `initial`, or read first',
      'for spend: `promptPrice` and `completionPrice` of a token',
    ],
    check(history, journal) {
      if (!journal) return judgeEach('usage-sums', history, lacksJournal);
      const faults = faultsNear(history);
      const accounts = accountsOf(history, journal, prices);
      return judgeEach(
        'usage-sums',
        history,
        (operation) => {
          const { does, account } = operation.invoke;
          if (operation.outcome !== 'ok') return undefined;
          if (does === 'call') return answerUsage(operation, journal);
          if (does !== 'usage' || account === undefined) return undefined;
          const known = accounts.get(account);
          if (!known?.base) return { lacks: 'what accounts had used before is not known' };
          const isSettled = !faults.disturbed(operation);
          return accountUsage(operation, known, isSettled ? withinMs : Number.POSITIVE_INFINITY);
        },
        'no answer and no account shows its usage',
      );
    },
  };
}

const lacksJournal = ({ invoke, completion }: Operation): Look =>
  invoke.does === 'usage' || completion?.usage ? { lacks: 'there is no journal' } : undefined;

/** An answer tells of all calls that were made for it, or of some: at least of the smallest that was answered. */
function answerUsage(operation: Operation, journal: Journal): Look {
  const said = operation.completion?.usage;
  if (!said) return undefined;
  const calls = callsOf(journal, operation.invoke.op);
  if (calls.length === 0) return { lacks: 'the journal has no call of an answer' };
  if (calls.some(({ usage, saysUsage }) => !usage || !saysUsage))
    return { lacks: 'the model did not tell what its answers took' };
  for (const name of ['promptTokens', 'completionTokens'] as const) {
    const amounts = calls.map(({ usage }) => usage?.[name] ?? 0);
    const most = amounts.reduce((sum, amount) => sum + amount, 0);
    if (said[name] > most)
      return against(operation, `says ${said[name]} ${quantities[name]}, of ${most} that were asked for`);
    const answered = calls.flatMap((call) => (isAnswered(call) ? (call.usage?.[name] ?? []) : []));
    const least = Math.min(...answered);
    if (answered.length > 0 && said[name] < least)
      return against(operation, `says ${said[name]} ${quantities[name]}, where the answer took ${least}`);
  }
  return 'judged';
}

function accountUsage(operation: Operation, account: Account, withinMs: number): Look {
  const said = fieldsOf(operation.completion?.value);
  const { most, calls } = account.asked(operation);
  const { least, last } = account.answered(operation, withinMs);
  let isJudged = false;
  for (const [name, amount] of Object.entries(said) as [keyof Fields, number][]) {
    const base = account.base?.[name];
    if (base === undefined) continue;
    const upper = most[name];
    const lower = least[name];
    const more = amount - base;
    if (upper !== undefined && more > upper * (1 + tolerance)) {
      const reason = `shows ${more} ${quantities[name]}, of ${upper} that were asked for`;
      return against(operation, reason, calls);
    }
    if (lower !== undefined && more < lower * (1 - tolerance)) {
      const reason = `shows ${more} ${quantities[name]}, where ${lower} were answered`;
      return against(operation, reason, last);
    }
    isJudged ||= upper !== undefined || lower !== undefined;
  }
  return isJudged ? 'judged' : { lacks: 'accounts show nothing that the journal tells' };
}
