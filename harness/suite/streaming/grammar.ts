import type { EventFrame } from '../../event-frames.ts';
import { findingText } from '../../messages/finding.ts';
import { checkEvents as checkMessage } from '../../messages/grammar.ts';
import { readEvents as readMessage } from '../../messages/read-events.ts';
import { findingsOf as responseFindings } from '../responses/response-stream.ts';
import type { Wire } from './part.ts';

/** Where a whole stream breaks the rules of its API, a line each; none for a good one. */
export function grammarFindings(wire: Wire, frames: readonly EventFrame[]): readonly string[] {
  if (wire === 'responses') return responseFindings(frames);
  if (wire === 'chat') return chatFindings(frames.map(({ data }) => data));
  const { events, findings } = readMessage(frames);
  return [...findings, ...checkMessage(events).findings].map(findingText);
}

interface Chunk {
  readonly id?: unknown;
  readonly object?: unknown;
  readonly choices?: readonly {
    readonly delta?: { readonly role?: unknown; readonly content?: unknown };
    readonly finish_reason?: unknown;
  }[];
}

/**
 * Chunks of one completion: one id, the role in the first one and there alone, nothing said behind the finish, `[DONE]`
 * last. Source: the chat completion chunk object of the API, and what the official client's helper puts together.
 */
function chatFindings(data: readonly string[]): readonly string[] {
  const findings: string[] = [];
  const chunks = data.filter((each) => each !== '[DONE]').map((each) => JSON.parse(each) as Chunk);
  if (data.indexOf('[DONE]') !== data.length - 1) findings.push('[DONE] is not the last event, or not there');
  const ids = new Set(chunks.map(({ id }) => id));
  if (ids.size !== 1 || typeof [...ids][0] !== 'string') findings.push(`there are ${ids.size} ids`);
  const objects = new Set(chunks.map(({ object }) => object));
  if ([...objects].join() !== 'chat.completion.chunk') findings.push(`object is ${[...objects].join()}`);
  if (chunks.some(({ choices }) => !Array.isArray(choices))) findings.push('a chunk has no choices');
  const choices = chunks.flatMap(({ choices: own = [] }) => own);
  if (choices[0]?.delta?.role !== 'assistant') findings.push('the first delta has no role');
  const finish = choices.findIndex(({ finish_reason: reason }) => typeof reason === 'string');
  if (finish < 0) findings.push('there is no finish');
  else if (choices.slice(finish + 1).some(({ delta }) => delta?.content))
    findings.push('text comes behind the finish');
  return findings;
}
