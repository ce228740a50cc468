import { Readable } from 'node:stream';
import { readBody } from '../kit/http/bounded-body.ts';
import type { LlmSettings } from './settings.ts';

const maxAnswerBytes = 1024 * 1024;

/**
 * One user message to an OpenAI-compatible chat completions API; returns the text of the answer.
 * Throws on an error status, an unusable answer, after `timeoutMs`, and when `signal` is aborted.
 */
export async function askLlm(settings: LlmSettings, content: string, signal: AbortSignal): Promise<string> {
  const response = await fetch(`${settings.baseUrl}/chat/completions`, {
    method: 'POST',
    // A redirect would take the key and what users said to wherever it likes.
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      ...(settings.apiKey === undefined ? {} : { authorization: `Bearer ${settings.apiKey}` }),
    },
    body: JSON.stringify({
      model: settings.model,
      messages: [{ role: 'user', content }],
      temperature: 0.1,
      max_tokens: 1000,
    }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)]),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`The model answered with status ${response.status}.`);
  }
  const bytes = await readBody(response.body ?? Readable.from([]), maxAnswerBytes);
  const completion = JSON.parse(bytes.toString('utf8')) as {
    choices?: { message?: { content?: unknown } }[];
  };
  const text = completion.choices?.[0]?.message?.content;
  if (typeof text !== 'string') throw new Error('The model answered without text.');
  return text;
}

/** The JSON array in a model's answer, from the first `[` to the last `]`; undefined when there is none. */
export function jsonArrayIn(answer: string): readonly unknown[] | undefined {
  const start = answer.indexOf('[');
  const end = answer.lastIndexOf(']');
  if (start === -1 || end < start) return undefined;
  try {
    const parsed: unknown = JSON.parse(answer.slice(start, end + 1));
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
