import type { Directives } from './directives.ts';

const KINDS = ['cut', 'end', 'stall', 'error'] as const;

/** A disturbance of the answer after a number of frames. */
export type Fault = { readonly kind: (typeof KINDS)[number]; readonly afterFrames: number };

/** The fault that the directives order; of several, the one that comes first in the stream. */
export function faultOf(directives: Directives): Fault | undefined {
  const ordered = KINDS.flatMap((kind) => {
    const afterFrames = directives[kind];
    return afterFrames === undefined ? [] : [{ kind, afterFrames }];
  });
  return ordered.sort((a, b) => a.afterFrames - b.afterFrames)[0];
}
