import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type HuntResult, hunt } from '../../lab/hunt.ts';
import { controlLines } from '../../lab/hunting/controls.ts';
import { coveredLine } from '../../lab/hunting/covered.ts';
import { isFirmRate } from '../../lab/hunting/finding.ts';
import { judgedLines, rateText, sizeOf, verdictText } from '../../lab/print-finding.ts';
import { packageRoot } from '../../stack/process/launch.ts';
import { workloadOf, workloads } from '../../workloads/catalogue.ts';
import { jsonOutput } from '../json-output.ts';
import { duration, whole } from '../options.ts';
import { printError } from '../print-error.ts';
import { againCommand } from './again.ts';
import { addLabOptions, defaultTimeout, type LabOptions, type OpenLab, withLab } from './with-lab.ts';

interface HuntCommandOptions extends LabOptions {
  readonly workload: string;
  readonly seed?: number;
  readonly runs?: number;
  readonly time?: number;
  readonly controls: boolean;
}

export function addHuntCommand(program: Command): void {
  const names = workloads.map(({ name }) => name).join(', ');
  addLabOptions(program.command('hunt').description('run plans of a workload until one is judged invalid'))
    .requiredOption('--workload <name>', `what to do to the subject: ${names}, or a file`)
    .option('--seed <n>', 'seed of all plans (default: random)', whole(0))
    .option('--runs <n>', 'stop after so many plans', whole(0))
    .option('--time <duration>', 'stop after so long, such as 60s or 5m (default: 60s)', duration)
    .option('--no-controls', 'do not run what was found again with one thing taken away')
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
            fresh: options.fresh === true,
            controls: options.controls,
            subject: open.subject,
            onPlan: (outcome, path) => void open.results.history(`${seed}-${path}`, outcome),
            onShrink: (plan) => console.log(`  still fails with ${sizeOf({ plan })}`),
            onNote: (line) => console.log(`  ${line}`),
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
  open: OpenLab,
  print: (value: object) => void,
): number {
  const { verdict, plans, seed, finding, unknownVerdicts, verdicts, vacuous, judged, notJudged, mishaps } =
    result;
  const seconds = Number(result.seconds.toFixed(2));
  const rate = plans / Math.max(result.seconds, 0.001);
  const error = result.error && { code: result.error.code, message: result.error.message };
  const facts = {
    ...{ unknown: unknownVerdicts, judged: verdicts, vacuous, notJudged },
    ...{ mishaps: mishaps.length, ...(error ? { error } : {}) },
    ...{ covered: result.covered, leftOut: result.leftOut },
  };
  console.log(
    `  ${plans} plans, ${result.operations} operations in ${seconds} s (${rate.toFixed(1)} plans/s)` +
      ` · ${unknownVerdicts} of ${verdicts} verdicts unknown · ${vacuous} runs vacuous`,
  );
  for (const { operation, why } of result.leftOut) console.log(`  left out: ${operation} (${why})`);
  console.log(`  ${coveredLine(result.covered)}`);
  for (const line of judgedLines({ runs: plans, judged, notJudged })) console.log(line);
  if (mishaps.length > 0)
    console.log(`  ${mishaps.length} plans could not be run: ${mishaps.at(-1)?.message}`);
  if (result.error) printError(result.error);
  if (!finding) {
    if (result.why) console.log(`  vacuous: ${result.why}`);
    const isEmpty = verdict === 'not-judged' ? 'too little was judged to say anything' : 'nothing found';
    console.log(`${verdict === 'valid' ? '✔' : '?'} ${workload}: ${isEmpty}    ${verdict}`);
    print({ verdict, plans, seconds, seed, path: null, plan: null, ...facts });
    return verdict === 'valid' && !result.error ? 0 : 1;
  }
  const file = open.results.plan(`${seed}-${finding.path}`, finding.plan);
  const history = open.results.history(`${seed}-${finding.path}-smallest`, finding.outcome);
  const { path, checkers, shrinkRuns, fresh, controls, nearby } = finding;
  const { reproduced, of } = finding.rate;
  console.log(`\n${verdictText(workload, finding.outcome)}`);
  console.log(`    ${sizeOf(finding)} · ${rateText(finding)} · seed ${seed} path ${path}`);
  if (nearby !== undefined)
    console.log(`    the plan that was found did not come back; this is it ${nearby}`);
  const best = fresh && isFirmRate(fresh) ? fresh : finding.rate;
  for (const line of controlLines(controls, best)) console.log(`    ${line}`);
  const needsFresh = options.fresh || (fresh && !isFirmRate(finding.rate));
  console.log(`    again: ${again(file, options, open, needsFresh ? ['--fresh'] : [])}`);
  const came = fresh ? { fresh: { reproduced: fresh.reproduced, of: fresh.of } } : {};
  const more = { checkers, reproduced, of, ...came, controls, shrinkRuns, history };
  print({ verdict, plans, seconds, seed, path, plan: file, ...more, ...facts });
  return 1;
}

/** The command that runs a plan again as it was found. */
function again(file: string, options: HuntCommandOptions, open: OpenLab, flags: readonly string[]): string {
  const composeFile = open.environment.GAUNTLET_COMPOSE_FILE ?? join(packageRoot, 'compose.yaml');
  const given = { options, cwd: process.cwd(), packageRoot, environment: open.environment };
  const more = { driver: open.driver, defaultTimeout, composeText: readFileSync(composeFile, 'utf8') };
  return againCommand(file, { ...given, ...more }, flags);
}
