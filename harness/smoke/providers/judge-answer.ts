import type { Ending } from '../failures/failure-class.ts';
import type { Dialect } from './catalogue.ts';

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** What a good answer says. */
export interface Said {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly outputTokens: number | undefined;
}

export type Judged =
  | { readonly ending: Ending; readonly said?: undefined }
  | { readonly ending: Ending; readonly said: Said };

// biome-ignore lint/suspicious/noExplicitAny: an answer may have any shape; each step into it says what must be there
type Body = any;

const textIn: Readonly<Record<Dialect, (body: Body) => unknown>> = {
  openai: (body) => body?.choices?.[0]?.message?.content ?? body?.choices?.[0]?.message?.reasoning_content,
  anthropic: (body) => body?.content?.find?.((block: Body) => block?.type === 'text')?.text,
  gemini: (body) => body?.candidates?.[0]?.content?.parts?.map?.((part: Body) => part?.text ?? '').join(''),
};

const isOf: Readonly<Record<Dialect, (body: Body) => boolean>> = {
  openai: (body) => body?.object === 'chat.completion' && Array.isArray(body.choices),
  anthropic: (body) => body?.type === 'message' && body.role === 'assistant' && Array.isArray(body.content),
  gemini: (body) => Array.isArray(body?.candidates),
};

/**
 * Holds an answer of a chat to its API: the status, JSON and not a page, the shape, and a text that is not empty. A status
 * of 200 alone proves nothing: front ends answer whatever they are asked with a page.
 */
export function judgeAnswer(dialect: Dialect, { status, contentType, text }: RawAnswer): Judged {
  if (status !== 200) return { ending: { how: 'status', status } };
  const wrong = (what: string): Judged => ({ ending: { how: 'shape', what } });
  if (!/^application\/json\b/i.test(contentType))
    return wrong(`200 with ${contentType || 'no type'} in place of JSON`);
  let body: Body;
  try {
    body = JSON.parse(text);
  } catch {
    return wrong('200 with a body that is no JSON');
  }
  if (!isOf[dialect](body)) return wrong(`200 with JSON that is no answer of the ${dialect} API`);
  const said = textIn[dialect](body);
  if (typeof said !== 'string' || said.trim() === '') return wrong('200 with an answer without a word');
  const tokens =
    body.usage?.completion_tokens ?? body.usage?.output_tokens ?? body.usageMetadata?.candidatesTokenCount;
  return {
    ending: { how: 'well' },
    said: {
      id: String(body.id ?? body.responseId ?? ''),
      model: String(body.model ?? body.modelVersion ?? ''),
      text: said,
      outputTokens: typeof tokens === 'number' ? tokens : undefined,
    },
  };
}
