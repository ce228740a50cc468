const mostLines = 20;
const longestShown = 120;

/** What differs between a recorded and an asked value, a line for each place: `body.messages[0].content: "a" → "b"`. */
export function differences(recorded: unknown, asked: unknown): readonly string[] {
  const lines: string[] = [];
  collect('', recorded, asked, lines);
  if (lines.length <= mostLines) return lines;
  return [...lines.slice(0, mostLines), `… and ${lines.length - mostLines} more`];
}

function collect(path: string, recorded: unknown, asked: unknown, lines: string[]): void {
  if (Object.is(recorded, asked)) return;
  if (isObject(recorded) && isObject(asked) && Array.isArray(recorded) === Array.isArray(asked)) {
    const isList = Array.isArray(recorded);
    for (const key of new Set([...Object.keys(recorded), ...Object.keys(asked)])) {
      const inner = isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      collect(inner, recorded[key], asked[key], lines);
    }
    return;
  }
  if (typeof recorded === 'string' && typeof asked === 'string') {
    const at = firstDifference(recorded, asked);
    lines.push(`${path}: ${around(recorded, at)} → ${around(asked, at)}`);
    return;
  }
  lines.push(`${path}: ${shown(recorded)} → ${shown(asked)}`);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function shown(value: unknown): string {
  if (value === undefined) return '(nothing)';
  const text = JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && a[at] === b[at]) at += 1;
  return at;
}

/** A long text around the place where it begins to differ. */
function around(text: string, at: number): string {
  if (text.length <= longestShown) return JSON.stringify(text);
  const from = Math.max(0, at - 30);
  const part = text.slice(from, from + longestShown);
  return `${from > 0 ? '…' : ''}${JSON.stringify(part)}${from + longestShown < text.length ? '…' : ''}`;
}
