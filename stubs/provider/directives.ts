/** Which of a client request's upstream calls a directive is meant for. */
export type CallKind = 'chat' | 'routing' | 'memory' | 'embedding';

export type Directives = {
  /** Operation id. */
  readonly op?: string;
  /** Answer exactly this text. */
  readonly say?: string;
  /** Answer `w1 w2 … wn`. */
  readonly tokens?: number;
  /** Answer with the text of the system messages. */
  readonly echo?: 'system';
  /** Decline to answer, in these words. */
  readonly refuse?: string;
  /** Think this aloud before the answer. */
  readonly think?: string;
  /** The field of the answer that carries what was thought: no two providers agree. */
  readonly thinkAs?: 'reasoning_content' | 'reasoning';
  /** Cite these addresses after the answer. */
  readonly cite?: readonly string[];
  /** End the answer for this reason. */
  readonly finish?: 'length' | 'content_filter';
  /** So many tokens of the prompt were read from a cache. */
  readonly cachedTokens?: number;
  /** Not 0: name the stop sequence that ended the answer, as vLLM does and OpenAI's API does not. */
  readonly namesStop?: number;
  /** Answer with calls to these tools, separated by commas, unless results are there already. */
  readonly tool?: string;
  /** Write a stream in pieces of so many bytes, whatever they cut. */
  readonly pieceBytes?: number;
  readonly ttftMs?: number;
  readonly tokensPerSecond?: number;
  /** Wait after this many frames until the operation is released. */
  readonly hold?: number;
  /** Destroy the socket after this many frames. */
  readonly cut?: number;
  /** End the body cleanly, but too early, after this many frames. */
  readonly end?: number;
  /** Fall silent after this many frames until the peer goes. */
  readonly stall?: number;
  /** Send an error frame after this many frames, then end. */
  readonly error?: number;
  readonly status?: number;
  readonly retryAfterSeconds?: number;
  /** Only so many requests of the operation are disturbed; those that follow are answered well. */
  readonly times?: number;
};

const BLOCK = /\[\[\s*([A-Za-z_]+=[^\s\]]*(?:\s+[A-Za-z_]+=[^\s\]]*)*)\s*\]\]/g;

const COUNTS: Readonly<Record<string, keyof Directives>> = {
  tokens: 'tokens',
  ttft: 'ttftMs',
  tps: 'tokensPerSecond',
  hold: 'hold',
  cut: 'cut',
  end: 'end',
  stall: 'stall',
  error: 'error',
  status: 'status',
  retry_after: 'retryAfterSeconds',
  times: 'times',
  pieces: 'pieceBytes',
  cached: 'cachedTokens',
  names_stop: 'namesStop',
};

/**
 * Reads the blocks `[[key=value …]]` of a text; a later value of a key wins.
 * Everything but `op` counts only for the kind of call that its block names by `at=` (default `chat`), so that
 * an answer or a fault ordered for the chat does not hit the routing or memory calls that carry the same text.
 * Unknown keys and malformed numbers are passed over.
 */
export function readDirectives(text: string, kind: CallKind): Directives {
  const directives: Record<string, string | number | readonly string[]> = {};
  for (const [, body = ''] of text.matchAll(BLOCK)) {
    const pairs = new Map(body.split(/\s+/).map((pair) => splitOnce(pair, '=')));
    const op = pairs.get('op');
    if (op) directives.op = op;
    if ((pairs.get('at') ?? 'chat') !== kind) continue;
    for (const [key, value] of pairs) {
      const count = COUNTS[key];
      if (count !== undefined && /^\d+(\.\d+)?$/.test(value)) directives[count] = Number(value);
      else if (key === 'echo' && value === 'system') directives.echo = value;
      else if (key === 'say' || key === 'think' || key === 'refuse') directives[key] = spoken(value);
      else if (key === 'think_as' && /^reasoning(_content)?$/.test(value)) directives.thinkAs = value;
      else if (key === 'cite' && value !== '') directives.cite = value.split(',');
      else if (key === 'finish' && /^(length|content_filter)$/.test(value)) directives.finish = value;
      else if (key === 'tool' && value !== '') directives.tool = value;
    }
  }
  return directives;
}

/** The directives without those that hold back, refuse or break an answer; its pace stays. */
export function undisturbed(directives: Directives): Directives {
  const { ttftMs, hold, cut, end, stall, error, status, retryAfterSeconds, ...rest } = directives;
  return rest;
}

export function withoutDirectives(text: string): string {
  return text.replace(BLOCK, ' ').trim();
}

/** Underscores stand for spaces; percent escapes give every other character (`%5F` an underscore). */
function spoken(value: string): string {
  const text = value.replaceAll('_', ' ');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}
