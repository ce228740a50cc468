import { RecorderError } from '../recorder-error.ts';

/** Where a request to the edge is to go. */
export interface Address {
  /** The test it belongs to, if its path says so. */
  readonly scope: string | undefined;
  readonly upstream: string;
  /** Path and query behind the base URL of the upstream. */
  readonly path: string;
}

const longestScope = 400;

/**
 * Reads `/t/SCOPE` and `/up/NAME` off the front of a path, in any order; what follows is the upstream's. The scope is
 * URL-encoded and may hold encoded slashes.
 *
 * @throws RecorderError RECORDER_UPSTREAM_UNKNOWN, RECORDER_SCOPE_INVALID
 */
export function readAddress(
  url: string,
  upstreams: ReadonlyMap<string, string>,
  usual: string | undefined,
): Address {
  let path = url;
  let scope: string | undefined;
  let upstream = usual;
  for (;;) {
    const [, kind, value = '', rest = ''] = /^\/(t|up)\/([^/?]+)(.*)$/s.exec(path) ?? [];
    if (kind === 't' && scope === undefined) scope = readScope(decoded(value));
    else if (kind === 'up') upstream = value;
    else break;
    path = rest.startsWith('/') ? rest : `/${rest}`;
  }
  if (upstream === undefined || !upstreams.has(upstream)) {
    const names = [...upstreams.keys()].join(', ') || 'none';
    throw new RecorderError(
      'RECORDER_UPSTREAM_UNKNOWN',
      `No upstream ${upstream === undefined ? 'is named by the path' : `"${upstream}"`}; RECORDER_UPSTREAMS has: ${names}.`,
      404,
    );
  }
  return { scope, upstream, path };
}

/** A scope as a header or a path gives it. @throws RecorderError RECORDER_SCOPE_INVALID */
export function readScope(scope: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (scope === '' || scope.length > longestScope || /[\u0000-\u001f\u007f]/.test(scope))
    throw new RecorderError(
      'RECORDER_SCOPE_INVALID',
      `A test scope is a text of 1 to ${longestScope} characters without control characters.`,
      400,
    );
  return scope;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new RecorderError('RECORDER_SCOPE_INVALID', 'The test scope in the path is not URL-encoded.', 400);
  }
}
