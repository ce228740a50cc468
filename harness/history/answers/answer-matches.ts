import { chatCallsOf, isFailed, type Journal, mayBeAnswered } from '../journal.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { answerOf, isShownAsComplete } from './answer.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach, type Look } from './judge-each.ts';

/** Shorter answers may be the same by chance. */
const distinctLength = 12;

/**
 * Who asks gets the answer to that. Where the whole answer is known before, it is that one; else it may be worded anew, but it is
 * not another's, not twice its own, not empty and not made up. Source: OpenAI API, the answer belongs to its request.
 */
export const answerMatches: Checker = {
  name: 'answer-matches',
  rule: 'A whole answer is the one to its question: not swapped, doubled, empty or invented.',
  needs: [
    'the whole answer: `expect` of the operation, or the journal of all models that may answer',
    'the operation id travels in the content of the request',
  ],
  check(history, journal) {
    const faults = faultsNear(history);
    const owners = ownersOf(timelineOf(history).operations, journal);
    return judgeEach(
      'answer-matches',
      history,
      (operation) => {
        if (operation.invoke.does !== 'call' || !isShownAsComplete(operation)) return undefined;
        if (faults.changedText(operation))
          return { lacks: 'all answers were changed by faults on their way' };
        const text = answerOf(operation);
        if (text === undefined) return { lacks: 'the answers have no text' };
        const { expect } = operation.invoke;
        if (expect === undefined) return compared(operation, text, journal, owners);
        if (text === expect) return 'judged';
        const owner = owners.get(text);
        if (owner && owner !== operation)
          return against(operation, `got the answer to ${owner.invoke.op}`, [owner]);
        if (expect !== '' && text === expect + expect) return against(operation, 'got its answer twice');
        return against(operation, `got ${shown(text)}, where the answer is ${shown(expect)}`);
      },
      'no call that was answered in full',
    );
  },
};

/** By their text: answers that surely belong to one operation alone. */
function ownersOf(
  operations: readonly Operation[],
  journal: Journal | undefined,
): ReadonlyMap<string, Operation | undefined> {
  const owners = new Map<string, Operation | undefined>();
  for (const operation of operations) {
    const { does, expect, op } = operation.invoke;
    if (does !== 'call') continue;
    const calls = journal ? chatCallsOf(journal, op) : [];
    const texts = expect === undefined ? calls.map(({ answerText }) => answerText) : [expect];
    for (const text of texts) {
      if (text.length < distinctLength) continue;
      const isShared = owners.has(text) && owners.get(text) !== operation;
      owners.set(text, isShared ? undefined : operation);
    }
  }
  return owners;
}

function compared(
  operation: Operation,
  text: string,
  journal: Journal | undefined,
  owners: ReadonlyMap<string, Operation | undefined>,
): Look {
  const calls = journal ? chatCallsOf(journal, operation.invoke.op) : [];
  if (calls.length === 0) return { lacks: 'neither `expect` nor a call in the journal tells the answer' };
  const answered = calls.filter(mayBeAnswered);
  if (answered.length === 0) {
    const isMadeUp = text !== '' && calls.every((call) => isFailed(call) && call.framesSent === 0);
    return isMadeUp ? against(operation, `got ${shown(text)}, though every call upstream failed`) : 'judged';
  }
  const texts = answered.map(({ answerText }) => answerText);
  if (text === '' && texts.every((each) => each.trim() !== ''))
    return against(operation, `got nothing, where the answer is ${shown(texts[0])}`);
  const [only = ''] = texts;
  if (texts.length === 1 && only.trim() !== '' && text === only + only)
    return against(operation, 'got its answer twice');
  const owner = owners.get(text);
  if (owner && owner !== operation)
    return against(operation, `got the answer to ${owner.invoke.op}`, [owner]);
  return 'judged';
}
