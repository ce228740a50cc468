/**
 * Titles of the tests of a file, those of `test.each(…)` as templates. It reads the text alone: a table may be any
 * expression whose parentheses are balanced.
 */
export function testTitles(source: string): readonly string[] {
  return [...source.matchAll(/^[ \t]*test(?:\.(?:only|failing|skip))?(\.each)?\(/gm)].flatMap((match) => {
    const behind = match.index + match[0].length;
    const at = match[1] ? source.indexOf('(', closing(source, behind)) + 1 : behind;
    const [, , title] = /^\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/.exec(source.slice(at)) ?? [];
    return title === undefined ? [] : [title.replace(/\\(.)/g, '$1')];
  });
}

/** Where the parenthesis ends that begins before `from`; those in strings do not count. */
function closing(source: string, from: number): number {
  let depth = 1;
  for (let at = from; at < source.length; at++) {
    const char = source[at] ?? '';
    if ('\'"`'.includes(char)) at = endOfString(source, at);
    else if (char === '(') depth++;
    else if (char === ')' && --depth === 0) return at + 1;
  }
  return source.length;
}

function endOfString(source: string, from: number): number {
  for (let at = from + 1; at < source.length; at++) {
    if (source[at] === '\\') at++;
    else if (source[at] === source[from]) return at;
  }
  return source.length;
}
