import { textOfPiece } from '../answers/piece.ts';
import type { Json } from '../asking/normal-body.ts';
import { canonical } from '../asking/request-key.ts';
import { type Answer, type Frame, isSocket, type Piece } from './recording.ts';

/**
 * Fields of answers that are different each time and say nothing: where only these, the times and the slices in which an
 * answer came have changed, an older recording stays as it is.
 */
const volatileFields: ReadonlySet<string> = new Set([
  ...['id', 'item_id', 'response_id', 'call_id', 'tool_call_id', 'event_id', 'request_id', 'responseId'],
  ...['created', 'created_at', 'completed_at', 'system_fingerprint', 'obfuscation'],
  ...['total_duration', 'load_duration', 'prompt_eval_duration', 'eval_duration'],
]);

/** Whether two lists of answers say the same. */
export function sameAnswers(some: readonly Answer[], others: readonly Answer[]): boolean {
  return some.length === others.length && some.every((answer, at) => saidIn(answer) === saidIn(others[at]));
}

function saidIn(answer: Answer | undefined): string {
  if (answer === undefined) return '';
  const { atMs: _times, ...rest } = answer;
  if (isSocket(answer)) return canonical(lasting(rest as unknown as Json));
  return canonical({ ...rest, body: framesOf(answer.body).map((frame) => lasting(frame as Json)) });
}

/** The frames of a body, however it was sliced. */
function framesOf(body: readonly Piece[]): readonly Frame[] {
  const texts = body.map(textOfPiece);
  if (texts.includes(undefined)) return body.flat() as readonly Frame[];
  return texts
    .join('')
    .split(/(?<=\n)/)
    .map((line): Frame => {
      const [, json] = /^(?:data: ?)?([{[].*)\s*$/s.exec(line) ?? [];
      try {
        return json === undefined ? line : { line: JSON.parse(json) as Json };
      } catch {
        return line;
      }
    });
}

function lasting(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(lasting);
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [key, volatileFields.has(key) ? null : lasting(field)]),
  );
}
