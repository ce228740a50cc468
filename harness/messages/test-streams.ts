import fc from 'fast-check';
import type { MessageEvent } from './read-events.ts';

/** A block as a test means it: its kind and the pieces in which it comes. */
export interface MeantBlock {
  readonly kind: 'text' | 'thinking' | 'tool_use';
  readonly pieces: readonly string[];
  readonly id?: string;
}

export const textBlock = (pieces: readonly string[]): MeantBlock => ({ kind: 'text', pieces });
export const thinkingBlock = (pieces: readonly string[]): MeantBlock => ({ kind: 'thinking', pieces });
export const callOf = (id: string, pieces: readonly string[]): MeantBlock => ({
  kind: 'tool_use',
  pieces,
  id,
});

const usage = { input_tokens: 3, output_tokens: 1 };

/** A good stream, put together by hand from the API reference. */
export function streamOf(content: readonly MeantBlock[]): readonly MessageEvent[] {
  const isCalling = content.some(({ kind }) => kind === 'tool_use');
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [] };
  return [
    { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null, usage } },
    ...content.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: emptyOf(block) },
      ...deltasOf(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: isCalling ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { output_tokens: 7 },
    },
    { type: 'message_stop' },
  ];
}

function emptyOf({ kind, id }: MeantBlock): object {
  if (kind === 'text') return { type: kind, text: '' };
  return kind === 'thinking'
    ? { type: kind, thinking: '', signature: '' }
    : { type: kind, id, name: 'look', input: {} };
}

function deltasOf({ kind, pieces }: MeantBlock): readonly object[] {
  if (kind === 'text') return pieces.map((text) => ({ type: 'text_delta', text }));
  if (kind === 'tool_use') return pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
  const thoughts = pieces.map((thinking) => ({ type: 'thinking_delta', thinking }));
  return [...thoughts, { type: 'signature_delta', signature: 's' }];
}

const pieces = fc.array(fc.string(), { maxLength: 4 });
const args = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 })).map((value) => {
  const text = JSON.stringify(value);
  return [text.slice(0, text.length / 2), text.slice(text.length / 2)];
});

/** Blocks of any kinds, in any order; ids of calls are unique. */
export const anyContent: fc.Arbitrary<readonly MeantBlock[]> = fc
  .array(
    fc.oneof(
      pieces.map(textBlock),
      pieces.map(thinkingBlock),
      args.map((each) => callOf('', each)),
    ),
    { maxLength: 5 },
  )
  .map((blocks) =>
    blocks.map((block, index) => (block.kind === 'tool_use' ? { ...block, id: `t${index}` } : block)),
  );
