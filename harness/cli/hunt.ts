import { type Command, InvalidArgumentError } from 'commander';
import { type HuntResult, hunt } from '../lab/hunt.ts';
import { sizeOf, verdictText } from '../lab/print-finding.ts';
import { workloadOf, workloads } from '../workloads/catalogue.ts';
import { jsonOutput } from './json-output.ts';
import { addLabOptions, type LabOptions, type OpenLab, withLab } from './with-lab.ts';

interface HuntCommandOptions extends LabOptions {
  readonly workload: string;
  readonly seed?: number;
  readonly runs?: number;
  readonly time?: number;
}

export function addHuntCommand(program: Command): void {
  const names = workloads.map(({ name }) => name).join(', ');
  addLabOptions(program.command('hunt').description('run plans of a workload until one is judged invalid'))
    .requiredOption('--workload <name>', `what to do to the subject: ${names}, or a file`)
    .option('--seed <n>', 'seed of all plans (default: random)', whole)
    .option('--runs <n>', 'stop after so many plans', whole)
    .option('--time <duration>', 'stop after so long, such as 60s or 5m (default: 60s)', duration)
    .action(async (options: HuntCommandOptions) => {
      const print = jsonOutput(options.json === true);
      const workload = await workloadOf(options.workload);
      process.exitCode = await withLab(
        workload,
        options,
        {},
        async (open) => {
          const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
          console.log(`hunting · ${workload.name} · seed ${seed} · run ${open.runId} (${open.driver})`);
          const result = await hunt(open.lab, {
            seed,
            runs: options.runs ?? Number.POSITIVE_INFINITY,
            timeMs: options.time ?? (options.runs === undefined ? 60_000 : Number.POSITIVE_INFINITY),
            signal: open.signal,
            onPlan: (outcome, path) => void open.results.history(`${seed}-${path}`, outcome),
            onShrink: (plan) => console.log(`  still fails with ${sizeOf({ plan })}`),
          });
          return report(result, options, workload.name, open, print);
        },
        workload.links,
      );
    });
}

function report(
  result: HuntResult,
  options: HuntCommandOptions,
  workload: string,
  { results }: OpenLab,
  print: (value: object) => void,
): number {
  const { verdict, plans, seed, finding, unknownVerdicts, verdicts, vacuous } = result;
  const seconds = Number(result.seconds.toFixed(2));
  const rate = plans / Math.max(result.seconds, 0.001);
  const counts = { unknown: unknownVerdicts, judged: verdicts, vacuous };
  console.log(
    `  ${plans} plans, ${result.operations} operations in ${seconds} s (${rate.toFixed(1)} plans/s)` +
      ` · ${unknownVerdicts} of ${verdicts} verdicts unknown · ${vacuous} runs vacuous`,
  );
  if (!finding) {
    if (result.why) console.log(`  vacuous: ${result.why}`);
    console.log(`${verdict === 'valid' ? '✔' : '?'} ${workload}: nothing found    ${verdict}`);
    print({ verdict, plans, seconds, seed, path: null, plan: null, ...counts });
    return verdict === 'valid' ? 0 : 1;
  }
  const file = results.plan(`${seed}-${finding.path}`, finding.plan);
  const history = results.history(`${seed}-${finding.path}-smallest`, finding.outcome);
  const { reproduced, of } = finding.rate;
  console.log(`\n${verdictText(workload, finding.outcome)}`);
  console.log(
    `    ${sizeOf(finding)} · reproduced ${reproduced} of ${of} · seed ${seed} path ${finding.path}` +
      `\n    again: ${again(file, options)}`,
  );
  const { path, checkers, shrinkRuns } = finding;
  const more = { checkers, reproduced, of, shrinkRuns, history, ...counts };
  print({ verdict, plans, seconds, seed, path, plan: file, ...more });
  return 1;
}

/** The command that runs a plan again as it was found. */
function again(file: string, { workload, subject, stack, driver }: HuntCommandOptions): string {
  const isKnown = workloads.some(({ name }) => name === workload);
  const quoted = (text: string) => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
  const given = Object.entries({ workload: isKnown ? undefined : workload, subject, stack, driver });
  const options = given.flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name} ${quoted(value)}`],
  );
  return ['npx gauntlet replay', file, ...options].join(' ');
}

export function whole(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 0)
    throw new InvalidArgumentError('It is a whole number from 0.');
  return number;
}

function duration(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(value);
  if (!match) throw new InvalidArgumentError('It is a duration such as 60s, 500ms or 5m.');
  const unit = { ms: 1, s: 1000, m: 60_000 }[match[2] ?? 's'] as number;
  return Number(match[1]) * unit;
}
