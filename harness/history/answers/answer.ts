import type { FrameSeen } from '../events.ts';
import { chatCallsOf, type Journal, journalTextLimit } from '../journal.ts';
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

/**
 * Whether a text is the beginning of one of these answers, or of several that differ, one after the other, as those of an agent
 * that speaks between its calls. The journal may have cut what is very long.
 */
export function isBeginning(text: string, answers: readonly string[], from = 0): boolean {
  for (let at = 0; at < answers.length; at += 1) {
    const answer = answers[at] ?? '';
    const rest = from === 0 ? text : text.slice(from);
    if (answer.startsWith(rest)) return true;
    if (answer === '' || !rest.startsWith(answer)) continue;
    if (answer.length >= journalTextLimit) return true;
    const others = answers.slice(at + 1).filter((other) => other !== answer);
    if (isBeginning(rest, others, answer.length)) return true;
  }
  return false;
}

/** All text that the client got: frames, or a string as the result. */
export function answerOf({ completion }: Operation): string | undefined {
  if (completion?.stream) return textOf(completion.stream.frames);
  return typeof completion?.value === 'string' ? completion.value : undefined;
}

/** Whether the client took it for the whole answer. */
export function isShownAsComplete({ invoke, outcome, completion }: Operation): boolean {
  if (outcome !== 'ok') return false;
  return completion?.stream ? completion.stream.complete : invoke.does === 'call';
}
