import type { FrameSeen } from '../events.ts';
import { chatCallsOf, type Journal } from '../journal.ts';
import type { Operation } from '../timeline.ts';

/** Text of the frames, in the order in which they came. */
export function textOf(frames: readonly FrameSeen[]): string {
  let text = '';
  for (const frame of frames) if ('text' in frame) text += frame.text;
  return text;
}

/**
 * The whole texts that an operation may answer: the one that it said it expects, else those of its calls upstream. Undefined
 * when neither is known.
 */
export function wholeAnswers(
  { invoke }: Operation,
  journal: Journal | undefined,
): readonly string[] | undefined {
  if (invoke.expect !== undefined) return [invoke.expect];
  if (!journal) return undefined;
  const calls = chatCallsOf(journal, invoke.op);
  return calls.length === 0 ? undefined : calls.map(({ answerText }) => answerText);
}

/** All text that the client got: frames, or a string as the result. */
export function answerOf({ completion }: Operation): string | undefined {
  if (completion?.stream) return textOf(completion.stream.frames);
  return typeof completion?.value === 'string' ? completion.value : undefined;
}
