import type { FrameSeen } from '../events.ts';
import type { Operation } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { isBeginning, textOf, wholeAnswers } from './answer.ts';
import { faultsNear } from './faults-near.ts';
import { against, judgeEach } from './judge-each.ts';

/** A streamed answer is a prefix of the whole one, in order, with one end. Source: HTML standard, server-sent events; OpenAI API. */
export const streamOrder: Checker = {
  name: 'stream-order',
  rule: 'Frames are a prefix of the answer, in order, none twice; one terminal event ends a stream that ends well, nothing follows it.',
  needs: [
    'the whole answer is known: `expect` of the operation, or the journal of a subject that passes answers on as they are',
  ],
  check(history, journal) {
    const faults = faultsNear(history);
    return judgeEach(
      'stream-order',
      history,
      (operation) => {
        const stream = operation.completion?.stream;
        if (!stream) return undefined;
        if (faults.changedText(operation))
          return { lacks: 'all streams were changed by faults on their way' };
        const { frames } = stream;
        const whole = wholeAnswers(operation, journal);
        const problem = endProblem(frames, operation.outcome) ?? textProblem(frames, whole);
        if (problem) return against(operation, problem);
        if (whole !== undefined || !frames.some((frame) => 'text' in frame)) return 'judged';
        return { lacks: 'the whole answer is not known' };
      },
      'no stream',
    );
  },
};

function endProblem(frames: readonly FrameSeen[], outcome: Operation['outcome']): string | undefined {
  const end = frames.findIndex((frame) => !('text' in frame));
  if (end >= 0 && end < frames.length - 1) {
    const next = frames[end + 1];
    const what = next && 'text' in next ? 'text' : 'another terminal event';
    return `got ${what} after the terminal event in frame ${end + 1}`;
  }
  return end < 0 && outcome === 'ok' ? 'ended well without a terminal event' : undefined;
}

function textProblem(frames: readonly FrameSeen[], whole: readonly string[] | undefined): string | undefined {
  if (whole === undefined) return undefined;
  const text = textOf(frames);
  if (isBeginning(text, whole)) return undefined;
  const [answer = ''] = whole;
  let same = 0;
  while (same < text.length && text[same] === answer[same]) same += 1;
  return `got ${shown(text.slice(same, same + 30))} after ${same} characters, where the answer has ${shown(answer.slice(same, same + 30))}`;
}
