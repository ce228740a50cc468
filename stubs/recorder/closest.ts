import type { Asked } from './asking/asked.ts';
import { canonical } from './asking/request-key.ts';
import { differences } from './differences.ts';
import type { Filed } from './files/load.ts';
import type { StoredRequest } from './files/recording.ts';

/** The recording that is most like a request that has none, and what the two differ in. */
export interface Closest {
  readonly file: string;
  readonly key: string;
  readonly scope: string;
  readonly diff: readonly string[];
}

/** So many are compared in full. */
const candidates = 200;

export function closestTo(
  { scope, request }: Pick<Asked, 'scope' | 'request'>,
  filed: readonly Filed[],
): Closest | undefined {
  const pieces = piecesOf(request);
  const likeness = ({ recording }: Filed): number => {
    const theirs = piecesOf(recording.request);
    const common = [...pieces].filter((piece) => theirs.has(piece)).length;
    return common / (pieces.size + theirs.size - common);
  };
  const near = filed
    .map((each) => ({ each, rank: rankOf(each, scope, request) }))
    .sort((a, b) => b.rank - a.rank)
    .slice(0, candidates);
  const [best] = near
    .map(({ each, rank }) => ({ each, rank: rank + likeness(each) }))
    .sort((a, b) => b.rank - a.rank);
  if (best === undefined) return undefined;
  const { file, recording } = best.each;
  const diff = differences(
    { scope: recording.scope, ...comparable(recording.request) },
    { scope, ...comparable(request) },
  );
  return { file, key: recording.key, scope: recording.scope, diff };
}

/** The same endpoint comes before all, then the same test. */
function rankOf({ recording }: Filed, scope: string, request: StoredRequest): number {
  const isSameEndpoint =
    recording.request.method === request.method && pathOf(recording.request) === pathOf(request);
  return (isSameEndpoint ? 4 : 0) + (recording.scope === scope ? 0.5 : 0);
}

const pathOf = ({ path }: StoredRequest) => path.replace(/\?.*/s, '');

const comparable = ({ headers: _headers, ...asked }: StoredRequest) => asked;

/** Words of a request, for a likeness that a changed word hardly changes. */
function piecesOf(request: StoredRequest): ReadonlySet<string> {
  return new Set(
    canonical(comparable(request))
      .slice(0, 100_000)
      .split(/[^\p{L}\p{N}]+/u),
  );
}
