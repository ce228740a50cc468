import { readFileSync } from 'node:fs';
import type { Config } from '@jest/types';
import running, {
  type Test,
  type TestEvents,
  type TestRunnerContext,
  type TestWatcher,
  type UnsubscribeFn,
} from 'jest-runner';
import { needsMachineAlone, needsStackAlone } from './sequencer.ts';

// The types are those of the CommonJS build, where the class is a property of what is imported here.
const TestRunner = running as unknown as typeof running.default;
type Runner = InstanceType<typeof TestRunner>;

/**
 * Where there is a second stack, the files that need one alone run on it one after the other, beside the rest, and those
 * that measure follow when all is quiet. Without it all files are in one row.
 */
export default class SuiteRunner extends TestRunner {
  readonly #onSecond: Runner;

  constructor(config: Config.GlobalConfig, context: TestRunnerContext) {
    super(config, context);
    this.#onSecond = new TestRunner({ ...config, maxWorkers: 1 }, context);
  }

  override async runTests(tests: Test[], watcher: TestWatcher, options: { serial: boolean }): Promise<void> {
    if (!process.env.GAUNTLET_SECOND_STACK) return super.runTests(tests, watcher, options);
    const { shared = [], second = [], measuring = [] } = Object.groupBy(tests, placeOf);
    const parallel = { serial: false };
    await Promise.all([
      super.runTests(shared, watcher, parallel),
      this.#onSecond.runTests(second, watcher, parallel),
    ]);
    await this.#onSecond.runTests(measuring, watcher, parallel);
  }

  override on<Name extends keyof TestEvents>(
    name: Name,
    listener: (data: TestEvents[Name]) => void | Promise<void>,
  ): UnsubscribeFn {
    const offs = [super.on(name, listener), this.#onSecond.on(name, listener)];
    return () => {
      for (const off of offs) off();
    };
  }
}

function placeOf({ path }: Test): 'shared' | 'second' | 'measuring' {
  const text = readFileSync(path, 'utf8');
  if (needsMachineAlone(text)) return 'measuring';
  return needsStackAlone(text) ? 'second' : 'shared';
}
