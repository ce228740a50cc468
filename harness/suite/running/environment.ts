import { appendFileSync } from 'node:fs';
import type { EnvironmentContext, JestEnvironmentConfig } from '@jest/environment';
import type { Circus } from '@jest/types';
import { TestEnvironment } from 'jest-environment-node';
import { endKeptConnections, keepConnectionsBriefly } from '../kept-connections.ts';
import { unsuitedTo } from '../setup/setup.ts';
import { type Claim, claimsOf, takeTurns } from './stack-turn.ts';
import { testName } from './test-name.ts';

/** An error that says of which class it is: a skip, or a failure. */
interface ClassedError {
  readonly name: string;
  readonly message: string;
  readonly skipClass?: string;
  readonly failureClass?: string;
}

/**
 * Jest has no run-time skip with a reason; this environment turns a SkipError into one and notes the reason.
 * Of a failure that knows its class it notes that.
 * It also gives each file its turn on the stack, see `claimsOf`.
 */
export default class SuiteEnvironment extends TestEnvironment {
  readonly #file: string;
  readonly #claims: readonly Claim[];
  /** Whether it has a stack of its own, beside the one of the others. */
  readonly #isOnSecond: boolean;
  /** Why none of its tests runs. */
  readonly #unsuited: string | undefined;
  #endTurn: (() => void) | undefined;

  constructor(config: JestEnvironmentConfig, context: EnvironmentContext) {
    super(config, context);
    this.#file = context.testPath;
    this.#claims = claimsOf(context.testPath, context.docblockPragmas);
    const { GAUNTLET_SECOND_STACK: second } = process.env;
    this.#isOnSecond = Boolean(second) && this.#claims.some(({ part, alone }) => part === 'stack' && alone);
    if (this.#isOnSecond) this.global.process.env.GAUNTLET_STACK = second;
    this.#unsuited = process.env.GAUNTLET_COLLECT ? 'only listed' : unsuitedTo(context.docblockPragmas);
  }

  override async setup(): Promise<void> {
    await super.setup();
    keepConnectionsBriefly();
    this.#nameTest('');
    const run = process.env.GAUNTLET_OUTCOMES;
    const turns = `${run}.turns${this.#isOnSecond ? '-second' : ''}`;
    if (run && !this.#unsuited) this.#endTurn = await takeTurns(turns, this.#claims);
  }

  override async teardown(): Promise<void> {
    endKeptConnections();
    this.#endTurn?.();
    await super.teardown();
  }

  /** Recordings are kept by test: what a test sends says which one it is (`operation.ts`). */
  #nameTest(name: string): void {
    if (!process.env.GAUNTLET_RECORDED) return;
    const [, suite = 'e2e', file = ''] = /([^/]+)\/([^/]+?)\.test\.ts$/.exec(this.#file) ?? [];
    this.global.gauntletTest = [suite, file, name.replaceAll('/', ' ')].filter(Boolean).join('/');
  }

  async handleTestEvent(event: Circus.Event | Circus.AsyncEvent, state: Circus.State): Promise<void> {
    if (event.name === 'run_start' && this.#unsuited) this.#skipAll(state.rootDescribeBlock, state);
    if (event.name === 'test_start') this.#nameTest(testName(event.test));
    if (event.name !== 'test_done') return;
    this.#nameTest('');
    const { test } = event;
    const errors = test.errors.flat() as readonly (ClassedError | undefined)[];
    const skipped = errors.find((error) => error?.name === 'SkipError');
    const failed = errors.find((error) => error?.failureClass !== undefined);
    if (failed && !skipped) this.#note(testName(test), failed.message, failed.failureClass);
    if (!skipped) return;
    // Circus derives the result from these two fields; jest is pinned because they are not documented as writable.
    test.errors.length = 0;
    (test as { status: string | null }).status = 'skip';
    this.#note(testName(test), skipped.message, skipped.skipClass);
  }

  /** Before anything of the file has run, its hooks included. */
  #skipAll(block: Circus.DescribeBlock, state: Circus.State): void {
    for (const child of block.children) {
      if (child.type === 'describeBlock') this.#skipAll(child, state);
      else {
        child.mode = 'skip';
        const name = testName(child);
        if (state.testNamePattern?.test(name) ?? true)
          this.#note(name, this.#unsuited ?? '', 'upstream_unavailable');
      }
    }
  }

  #note(test: string, reason: string, ofClass: string | undefined): void {
    const path = process.env.GAUNTLET_SKIPS;
    const note = { file: this.#file, test, reason, class: ofClass };
    if (path) appendFileSync(path, `${JSON.stringify(note)}\n`);
  }
}
