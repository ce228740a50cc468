/** OpenAI's default for files of a vector store; a token is taken for four characters. */
const chunkChars = 800 * 4;
const overlapChars = 400 * 4;
/** Where a chunk may end early so that no word is cut. */
const slackChars = 200;

/** A text in pieces that overlap by half, none of them empty. Together they hold every character. */
export function chunksOf(text: string): readonly string[] {
  const chunks: string[] = [];
  let from = 0;
  while (from < text.length) {
    const to = endOf(text, from);
    const piece = text.slice(from, to);
    if (piece.trim() !== '') chunks.push(piece);
    if (to >= text.length) break;
    from = Math.max(from + 1, to - overlapChars);
  }
  return chunks;
}

function endOf(text: string, from: number): number {
  const to = from + chunkChars;
  if (to >= text.length) return text.length;
  const space = text.slice(to - slackChars, to).search(/\s\S*$/);
  return space < 0 ? to : to - slackChars + space + 1;
}
