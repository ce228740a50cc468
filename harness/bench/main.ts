import { cpus, loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { duration, whole } from '../cli/options.ts';
import { printError } from '../cli/print-error.ts';

interface BenchOptions {
  readonly rounds: number;
  readonly hunts: number;
  readonly only?: readonly string[];
  readonly minutes: number;
  /** Milliseconds. */
  readonly time: number;
  readonly seed: number;
  readonly json?: string;
}

const benches: Readonly<Record<string, (options: BenchOptions) => Promise<unknown>>> = {
  checkers: async () => {
    const { benchCheckers, checkerTable } = await import('./checkers.ts');
    console.log(`${checkerTable(benchCheckers())}\n`);
    const { benchCheckerSoundness, soundnessTables } = await import('./checker-soundness.ts');
    console.log(soundnessTables(benchCheckerSoundness()));
  },
  detection: async ({ time, seed, only, json }) =>
    (await import('./detection.ts')).benchDetection({
      ...{ timeMs: time, seed },
      ...(only ? { only } : {}),
      ...(json ? { jsonFile: json } : {}),
    }),
  endurance: async ({ minutes, seed }) =>
    (await import('./endurance/bench-endurance.ts')).benchEndurance({ minutes, seed }),
  gateway: async ({ rounds, only, json }) =>
    (await import('./gateway/bench-gateway.ts')).benchGateway({
      rounds,
      ...(only ? { only } : {}),
      ...(json ? { jsonFile: json } : {}),
    }),
  hunts: async ({ hunts, only, seed }) => (await import('./hunts.ts')).benchHunts(hunts, only, seed),
  pinned: async () => (await import('./pinned.ts')).benchPinned(),
  plans: async () => (await import('./plans.ts')).benchPlans(),
  process: async ({ rounds }) => (await import('./process.ts')).benchProcess(rounds),
  recorder: async ({ rounds }) => (await import('./recorder.ts')).benchRecorder(rounds),
  'runner-kills': async ({ rounds, seed, only }) =>
    (await import('./endurance/runner-kills.ts')).benchRunnerKills({
      ...{ rounds, seed },
      ...(only ? { only } : {}),
    }),
  up: async ({ rounds }) => (await import('./up.ts')).benchUp(rounds),
};

/** They take long. */
const onlyWhenNamed = ['detection', 'endurance', 'runner-kills'];
const names = Object.keys(benches);

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It is a number above 0.');
  return value;
}

await new Command('npm run bench --')
  .description('Measurements, printed and never asserted.')
  .argument(
    '[names...]',
    `of ${names.join(', ')}; without any, all but ${onlyWhenNamed.join(', ')}`,
    (name: string, before: readonly string[] = []) => {
      if (!names.includes(name)) throw new InvalidArgumentError(`Benches: ${names.join(', ')}.`);
      return [...before, name];
    },
  )
  .option('--rounds <n>', 'how often, of what is measured in rounds', whole(1), 5)
  .option('--hunts <n>', 'how many, of `hunts`', whole(1), 300)
  .option(
    '--only <list>',
    'of `hunts` workloads, of `detection` mutants or subjects, of `gateway` ways and measures, of `runner-kills` drivers',
    (list: string) => list.split(','),
  )
  .option('--minutes <n>', 'of `endurance`', positive, 10)
  .option('--time <duration>', 'of one hunt of `detection`, which takes hours', duration, 60_000)
  .option('--seed <n>', 'seed of every random choice', whole(0), 1)
  .option('--json <file>', 'where `detection` and `gateway` write their figures')
  .action(async (asked: readonly string[] | undefined, options: BenchOptions) => {
    console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`);
    for (const name of asked?.length ? asked : names.filter((each) => !onlyWhenNamed.includes(each))) {
      await benches[name]?.(options);
      console.log('');
    }
  })
  .parseAsync()
  .catch((error: unknown) => {
    printError(error);
    // Whatever was being measured may go on for ever.
    process.exit(1);
  });
