import type { FrameSeen } from '../../history/events.ts';
import { endOf } from '../chat-call.ts';
import { streamSeen, textOf } from '../chat-frame.ts';
import { type Answer, type Client, type Completion, completionOf, type StreamAnswer } from '../workload.ts';
import {
  type ResponseSeen,
  responseFrame,
  responseInBody,
  textOfResponse,
  usageOfResponse,
} from './response-frame.ts';
import { path, type ResponsesRun } from './run.ts';

/** Asks for a whole response. One that says that it is not whole may have been done all the same. */
export async function answered(
  client: Client,
  body: object,
  { headers }: Pick<ResponsesRun, 'headers'>,
): Promise<Completion> {
  const answer = await client.request({ path, body, headers });
  const response = responseOf(answer);
  const completion = completionOf(answer, () => (response ? textOfResponse(response) : answer.text));
  if (completion.type !== 'ok') return completion;
  if (response && response.status !== 'completed')
    return { type: 'unknown', status: answer.status, error: `the response is ${response.status}` };
  return { ...completion, ...usageOfResponse(response) };
}

/** Asks for a stream and reads it to its end, however it ends. */
export async function streamed(client: Client, body: object, run: ResponsesRun): Promise<Completion> {
  const { headers } = run;
  const answer = await client.stream({
    path,
    body: { ...body, stream: true },
    headers,
    frame: responseFrame,
  });
  return completionOfStream(answer, answer.frames);
}

/**
 * Has a response made in the background and follows its stream, from its beginning and from behind one of its first events: what
 * came before that place and what came after it are one stream.
 *
 * @param kept how many events are taken from the first stream
 */
export async function resumed(
  client: Client,
  body: object,
  kept: number,
  { headers }: ResponsesRun,
): Promise<Completion> {
  const begun = await client.request({ path, body: { ...body, background: true }, headers });
  const id = responseOf(begun)?.id;
  if (begun.status !== 200 || id === undefined) return completionOf(begun);
  const follow = (query: string) =>
    client.stream({
      path: `${path}/${id}?stream=true${query}`,
      method: 'GET',
      headers,
      frame: responseFrame,
    });
  const [first, again] = await Promise.all([follow(''), follow(`&starting_after=${kept - 1}`)]);
  const refused = [first, again].find(({ status }) => status !== 200);
  if (refused) return completionOf(refused);
  return completionOfStream(again, [...framesBefore(first, kept), ...again.frames]);
}

/** Frames among the first so many events. */
function framesBefore({ text, frames }: StreamAnswer, events: number): readonly FrameSeen[] {
  const data = text.split('\n').flatMap((line) => (line.startsWith('data: ') ? [line.slice(6)] : []));
  return frames.slice(0, data.slice(0, events).filter((each) => responseFrame(each)).length);
}

function completionOfStream(answer: StreamAnswer, frames: readonly FrameSeen[]): Completion {
  const whole = { ...answer, frames };
  const stream = streamSeen(whole);
  const { status } = answer;
  if (answer.abortedAt !== undefined) return { type: 'unknown', stream, error: 'hung up' };
  if (answer.timedOut) return { type: 'unknown', status, stream, timedOut: true, error: 'no end in time' };
  if (status !== 200) return completionOf(answer);
  const common = { status, value: textOf(whole), stream, ...usageOfResponse(responseInBody(answer.text)) };
  return stream.complete ? { type: 'ok', ...common } : { type: 'unknown', ...common, error: endOf(whole) };
}

/** The response in an answer, if there is one. */
export function responseOf(answer: Answer): ResponseSeen | undefined {
  try {
    return answer.json<ResponseSeen | null>() ?? undefined;
  } catch {
    return undefined;
  }
}
