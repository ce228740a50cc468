import type { FrameSeen } from '../events.ts';
import { invalid, named, notFound } from '../outcome.ts';
import { type Operation, timelineOf } from '../timeline.ts';
import { shown } from '../value.ts';
import type { Checker } from '../verdict.ts';
import { textOf, wholeAnswers } from './answer.ts';

/** A streamed answer is a prefix of the whole one, in order, with one end. Source: HTML standard, server-sent events; OpenAI API. */
export const streamOrder: Checker = {
  name: 'stream-order',
  rule: 'Frames are a prefix of the answer, in order, none twice; one terminal event ends a stream that ends well, nothing follows it.',
  needs: ['the whole answer is known: `expect` of the operation, or the journal'],
  check(history, journal) {
    let counted = 0;
    let unsure = 0;
    for (const operation of timelineOf(history).operations) {
      const stream = operation.completion?.stream;
      if (!stream) continue;
      counted += 1;
      const whole = wholeAnswers(operation, journal);
      const problem = endProblem(stream.frames, operation.outcome) ?? textProblem(stream.frames, whole);
      if (problem) {
        const violation = { reason: `${named(operation)} ${problem}`, operations: [operation] };
        return invalid('stream-order', violation, counted);
      }
      if (whole === undefined && stream.frames.some((frame) => 'text' in frame)) unsure += 1;
    }
    const unmet = unsure > 0 ? `the whole answer of ${unsure} stream(s) is not known` : undefined;
    return notFound('stream-order', counted, unmet);
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
  if (whole.some((answer) => answer.startsWith(text))) return undefined;
  const [answer = ''] = whole;
  let same = 0;
  while (same < text.length && text[same] === answer[same]) same += 1;
  return `got ${shown(text.slice(same, same + 30))} after ${same} characters, where the answer has ${shown(answer.slice(same, same + 30))}`;
}
