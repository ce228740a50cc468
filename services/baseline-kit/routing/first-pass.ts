import type { ChatCompletionRequest, ChatMessage } from '../../kit/chat-schema.ts';
import { withoutDirectives } from '../../kit/operation-id.ts';
import {
  complexKeywords,
  imageToolTriggers,
  interactionHints,
  type KeywordKind,
  mediaVerbs,
  mediaWords,
  separableVerbs,
} from './keywords.ts';
import { askedText, contentText, hasImage } from './spoken-text.ts';

export interface FirstPass {
  readonly complex: boolean;
  /** Machine-readable: `generation_flag:NAME`, `keyword:KIND`, `media`, `url`, `image_tool`, `length` or `simple`. */
  readonly reason: string;
}

export type RoutedRequest = Pick<ChatCompletionRequest, 'messages' | 'generation_flags'>;

const tokensPerWord = 1.3;
const kinds = Object.entries(complexKeywords).map(
  ([kind, words]) => [kind as KeywordKind, startsOf(words)] as const,
);
const mediaVerb = startsOf(mediaVerbs);
const mediaWord = startsOf(mediaWords);
const interaction = startsOf(interactionHints);
const imageTool = startsOf(imageToolTriggers);
const address = /\bhttps?:\/\/\S+|\bwww\.\S+/i;

/** Whether a request looks like work rather than a question, without asking a model. */
export function firstPass(request: RoutedRequest, thresholdTokens = 100): FirstPass {
  const flag = Object.entries(request.generation_flags ?? {}).find(([, wanted]) => wanted === true)?.[0];
  if (flag !== undefined) return complex(`generation_flag:${flag}`);
  const text = askedText(request.messages);
  if (mediaVerb.test(text) && mediaWord.test(text)) return complex('media');
  const kind = kinds.find(([, pattern]) => pattern.test(text))?.[0];
  if (kind !== undefined) return complex(`keyword:${kind}`);
  if (separableVerbs.some((pattern) => pattern.test(text))) return complex('keyword:separable_verb');
  if (address.test(text) && interaction.test(text.replace(address, ' '))) return complex('url');
  if (hasImage(request.messages) && imageTool.test(text)) return complex('image_tool');
  const tokens = request.messages.reduce((sum, message) => sum + tokensOf(message), 0);
  return tokens > thresholdTokens ? complex('length') : { complex: false, reason: 'simple' };
}

function complex(reason: string): FirstPass {
  return { complex: true, reason };
}

function tokensOf({ content }: ChatMessage): number {
  return Math.floor(wordsOf(withoutDirectives(contentText(content))) * tokensPerWord);
}

/** How many words a text has: runs of anything but white space. */
export function wordsOf(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

function startsOf(words: readonly string[]): RegExp {
  const escaped = words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll(' ', '\\s+'));
  return new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})`, 'iu');
}
