/**
 * Why a scenario of the smoke did not pass. The first two excuse it, unless the user named the provider or service; the
 * others never do.
 */
export type FailureClass = 'missing_env' | 'upstream_unavailable' | 'product_failure' | 'harness_bug';

/** What was seen of one request, or of one scenario: how it ended, never what a message says. */
export type Ending =
  /** As it should. */
  | { readonly how: 'well' }
  /** No connection came about: refused, no such name, no route, broken in the handshake. */
  | { readonly how: 'unreachable'; readonly code: string }
  /** Nothing, or nothing more, within the bound. */
  | { readonly how: 'silent' }
  /** The connection broke before the answer was whole. */
  | { readonly how: 'broken' }
  | { readonly how: 'status'; readonly status: number }
  /** An answer with a good status that is not what the API promises: another shape, another type, no text. */
  | { readonly how: 'shape'; readonly what: string }
  /** The client did something that is no request at all. */
  | { readonly how: 'mistake'; readonly what: string };

/** Thrown for what is red: the summary shows the class beside the test. */
export class SmokeFailure extends Error {
  readonly failureClass: FailureClass;

  constructor(failureClass: FailureClass, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SmokeFailure';
    this.failureClass = failureClass;
  }
}

/**
 * The class of a scenario that went through the product to an upstream, from how it ended and how the upstream itself
 * answered when it was asked right after: whoever hangs, refuses or breaks off when asked alone is the cause.
 */
export function classOf(scenario: Ending, upstream: Ending): FailureClass {
  if (scenario.how === 'mistake' || upstream.how === 'mistake') return 'harness_bug';
  // A product that says all is well and answers nonsense is wrong, whatever stands behind it.
  if (scenario.how === 'shape') return 'product_failure';
  // Nobody listens where the product should be.
  if (scenario.how === 'unreachable') return 'product_failure';
  if (scenario.how === 'status' && !mayBlame(scenario.status)) return 'product_failure';
  return isAway(upstream) ? 'upstream_unavailable' : 'product_failure';
}

/** The class of a request that went to an upstream without the product between. */
export function classOfUpstream(ending: Ending): FailureClass {
  if (ending.how === 'mistake') return 'harness_bug';
  return isAway(ending) ? 'upstream_unavailable' : 'product_failure';
}

/** Not there for now. A refused key is none of these, nor is a page in place of an answer: somebody has to see to it. */
function isAway(ending: Ending): boolean {
  if (ending.how === 'status') return ending.status >= 500 || ending.status === 429;
  return ending.how === 'unreachable' || ending.how === 'silent' || ending.how === 'broken';
}

/** Statuses by which a product passes on that its upstream failed. */
const mayBlame = (status: number): boolean => status >= 500 || status === 429;

/** An ending in words. */
export function told(ending: Ending): string {
  if (ending.how === 'unreachable') return `no connection (${ending.code})`;
  if (ending.how === 'status') return `status ${ending.status}`;
  if (ending.how === 'shape' || ending.how === 'mistake') return ending.what;
  return { well: 'a good answer', silent: 'silence', broken: 'a broken connection' }[ending.how];
}
