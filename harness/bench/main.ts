/**
 * `npm run bench -- [checkers|detection|endurance|gateway|hunts|pinned|plans|process|recorder|runner-kills|up …]
 * [--rounds N] [--hunts N] [--minutes N]`: measurements, printed and never asserted.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    hunts: { type: 'string', default: '300' },
    // Of `hunts` the workloads, of `detection` the mutants or subjects, of `gateway` the ways and measures, of
    // `runner-kills` the drivers.
    only: { type: 'string' },
    // For `endurance`.
    minutes: { type: 'string', default: '10' },
    // For `detection`, which takes an hour.
    time: { type: 'string', default: '60s' },
    seed: { type: 'string', default: '1' },
    json: { type: 'string' },
  },
  allowPositionals: true,
});
const rounds = Number(values.rounds);

const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  checkers: async () => {
    const { benchCheckers, checkerTable } = await import('./checkers.ts');
    console.log(`${checkerTable(benchCheckers())}\n`);
    const { benchCheckerSoundness, soundnessTables } = await import('./checker-soundness.ts');
    console.log(soundnessTables(benchCheckerSoundness()));
  },
  detection: async () => {
    const { benchDetection } = await import('./detection.ts');
    const { only, json } = values;
    await benchDetection({
      timeMs: Number.parseFloat(values.time) * 1000,
      seed: Number(values.seed),
      ...(only ? { only: only.split(',') } : {}),
      ...(json ? { jsonFile: json } : {}),
    });
  },
  endurance: async () =>
    (await import('./endurance/bench-endurance.ts')).benchEndurance({
      minutes: Number(values.minutes),
      seed: Number(values.seed),
    }),
  gateway: async () => {
    const { benchGateway } = await import('./gateway/bench-gateway.ts');
    const { only, json } = values;
    await benchGateway({
      rounds,
      ...(only ? { only: only.split(',') } : {}),
      ...(json ? { jsonFile: json } : {}),
    });
  },
  hunts: async () =>
    (await import('./hunts.ts')).benchHunts(
      Number(values.hunts),
      values.only?.split(','),
      Number(values.seed),
    ),
  pinned: async () => (await import('./pinned.ts')).benchPinned(),
  plans: async () => (await import('./plans.ts')).benchPlans(),
  process: async () => (await import('./process.ts')).benchProcess(rounds),
  recorder: async () => (await import('./recorder.ts')).benchRecorder(rounds),
  'runner-kills': async () =>
    (await import('./endurance/runner-kills.ts')).benchRunnerKills({
      rounds,
      seed: Number(values.seed),
      ...(values.only ? { only: values.only.split(',') } : {}),
    }),
  up: async () => (await import('./up.ts')).benchUp(rounds),
};

/** They take long. */
const onlyWhenNamed = ['detection', 'endurance', 'runner-kills'];
const names =
  positionals.length > 0 ? positionals : Object.keys(benches).filter((name) => !onlyWhenNamed.includes(name));
const unknown = names.find((name) => !(name in benches));
const mistake = unknown
  ? `There is no bench "${unknown}"; benches: ${Object.keys(benches).join(', ')}.`
  : !(rounds >= 1)
    ? '--rounds is a number from 1.'
    : !/^\d+(\.\d+)?s$/.test(values.time)
      ? '--time is in seconds, such as 60s.'
      : !(Number(values.minutes) > 0)
        ? '--minutes is a number above 0.'
        : !/^\d+$/.test(values.seed)
          ? '--seed is a whole number.'
          : undefined;
if (mistake) {
  console.error(mistake);
  process.exit(2);
}
console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`);
for (const name of names) {
  await benches[name]?.();
  console.log('');
}
