import { blocksOf, type Part, partsOf, stringIn } from './content-block.ts';
import type { Block } from './messages-schema.ts';

/** What a tool answered to one call. */
export interface ToolResult {
  readonly callId: string;
  /** Of the block, for errors. */
  readonly path: string;
  /** A chat model takes nothing but text for an answer of a tool. */
  readonly text: string;
  /** The rest: images and files that the user's message after it shows, each result's under a line that names it. */
  readonly shown: readonly Part[];
}

/** Reads a `tool_result` block; throws OpenaiError 400 for one that is malformed or cannot be passed on. */
export function toolResultOf(block: Block, path: string): ToolResult {
  const callId = stringIn(block, 'tool_use_id', path);
  const content = block.content ?? [];
  const parts = blocksOf(content, `${path}.content`).flatMap((each, index) =>
    each.type === 'tool_reference'
      ? [{ type: 'text' as const, text: JSON.stringify(each) }]
      : partsOf(each, `${path}.content.${index}`),
  );
  const texts = parts.flatMap((part) => (part.type === 'text' ? [part.text] : []));
  const rest = parts.filter((part) => part.type !== 'text');
  const heading: Part = { type: 'text', text: `Shown by the tool call ${callId}:` };
  if (rest.length > 0) texts.push(`(${rest.length} shown in the user's next message)`);
  const said = texts.join('\n');
  // A chat model has no field for a failed call: the word is all it can be told.
  const text = block.is_error === true ? `Error: ${said}` : said;
  return { callId, path, text, shown: rest.length > 0 ? [heading, ...rest] : [] };
}
