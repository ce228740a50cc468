import { createHash } from 'node:crypto';

interface Likely {
  readonly token: string;
  readonly logprob: number;
}

/** A token and its `alternatives` most likely rivals, itself the likeliest; the same for the same token. */
function likelyTokens(token: string, alternatives: number): readonly Likely[] {
  const [first = 0] = createHash('sha256').update(token).digest();
  const own = -(1 + first) / 1_024;
  return Array.from({ length: Math.max(1, alternatives) }, (_, rank) => ({
    token: rank === 0 ? token : `${token.trimEnd()}~${rank} `,
    logprob: own - rank,
  }));
}

/** An entry of `choices[].logprobs.content` of the Chat Completions API. */
export function chatLogprob(token: string, alternatives: number) {
  const entries = likelyTokens(token, alternatives).map((each) => ({
    ...each,
    bytes: [...Buffer.from(each.token)],
  }));
  return { ...(entries[0] as (typeof entries)[number]), top_logprobs: entries.slice(0, alternatives) };
}

/** `choices[].logprobs` of the Completions API; `offset` is where the first token stands in the text. */
export function completionLogprobs(tokens: readonly string[], alternatives: number, offset: number) {
  let at = offset;
  const offsets = tokens.map((token) => {
    const own = at;
    at += token.length;
    return own;
  });
  return {
    tokens,
    token_logprobs: tokens.map((token) => likelyTokens(token, 1)[0]?.logprob ?? null),
    top_logprobs:
      alternatives === 0
        ? null
        : tokens.map((token) =>
            Object.fromEntries(likelyTokens(token, alternatives).map((each) => [each.token, each.logprob])),
          ),
    text_offset: offsets,
  };
}
