import type { Asked } from './asking/asked.ts';
import type { Closest } from './closest.ts';
import type { RecorderErrorCode } from './recorder-error.ts';
import { withoutSecrets } from './secrets/find-secrets.ts';

/** A request in replay that no recording answers. */
export interface Miss {
  readonly key: string;
  readonly scope: string;
  readonly method: string;
  readonly path: string;
  /** Why: there is none, all of them have been given, or a socket went another way. */
  readonly reason: 'unknown' | 'exhausted' | 'outrun';
  readonly closest?: Closest;
  /** How often it was asked: a subject may try again. */
  readonly times: number;
}

/** Why something was not recorded, or not passed on as it should be. */
export interface Failure {
  readonly code: RecorderErrorCode;
  readonly message: string;
  readonly scope: string;
}

/** What happened at the edge, for whoever decides about the run. Nothing in it holds a credential. */
export class Ledger {
  readonly counts = { requests: 0, replayed: 0, upstream: 0, recorded: 0 };
  readonly failures: Failure[] = [];
  readonly #misses = new Map<string, Miss>();
  readonly #secrets: readonly string[];

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  get misses(): readonly Miss[] {
    return [...this.#misses.values()];
  }

  miss(asked: Asked, reason: Miss['reason'], closest: Closest | undefined): Miss {
    const { key, scope, request, credentials } = asked;
    const clean = (text: string) => withoutSecrets(text, [...this.#secrets, ...credentials]);
    const miss: Miss = {
      key,
      scope,
      method: request.method,
      path: clean(request.path),
      reason,
      ...(closest ? { closest: { ...closest, diff: closest.diff.map(clean) } } : {}),
      times: (this.#misses.get(key)?.times ?? 0) + 1,
    };
    this.#misses.set(key, miss);
    return miss;
  }

  fail(code: RecorderErrorCode, asked: Pick<Asked, 'scope' | 'credentials'>, message: string): void {
    const clean = withoutSecrets(message, [...this.#secrets, ...asked.credentials]);
    this.failures.push({ code, message: clean, scope: asked.scope });
  }
}
