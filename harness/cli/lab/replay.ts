import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { gauntletError } from '../../errors.ts';
import { type Mishap, Runner } from '../../lab/hunting/runner.ts';
import { tallyOf } from '../../lab/hunting/tally.ts';
import { judgedLines, judgementLines, sizeOf, verdictText } from '../../lab/print-finding.ts';
import { measureRate } from '../../lab/rate.ts';
import { type PlanOutcome, unsupportedFaults } from '../../lab/running/run-plan.ts';
import { linksOf } from '../../plan/links-of.ts';
import { parsePlan } from '../../plan/parse-plan.ts';
import { workloadOf } from '../../workloads/catalogue.ts';
import { jsonOutput } from '../json-output.ts';
import { whole } from '../options.ts';
import { addLabOptions, type LabOptions, withLab } from './with-lab.ts';

interface ReplayOptions extends LabOptions {
  readonly times: number;
  readonly workload?: string;
}

export function addReplayCommand(program: Command): void {
  addLabOptions(
    program.command('replay').description('run a plan again, and say how often it is judged invalid'),
  )
    .argument('<plan.json>', 'plan of an earlier run')
    .option('--times <n>', 'how often', whole(0), 1)
    .option('--workload <name>', 'name or file of the workload (default: what the plan names)')
    .action(async (file: string, options: ReplayOptions) => {
      const print = jsonOutput(options.json === true);
      const plan = parsePlan(readText(file));
      const workload = await workloadOf(options.workload ?? plan.workload);
      process.exitCode = await withLab(
        workload,
        options,
        {},
        async ({ lab, results, signal, subject }) => {
          for (const why of unsupportedFaults(plan, lab.stack)) console.log(`  a fault is left out: ${why}`);
          const startedAt = performance.now();
          const onMishap = ({ code, message }: Mishap) => console.log(`  ${code}: ${message}`);
          const runner = new Runner(lab, { subject, fresh: options.fresh === true, onMishap });
          const { reproduced, of, outcomes } = await measureRate(runner, plan, options.times, isInvalid, {
            signal,
          });
          const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2));
          for (const [index, outcome] of outcomes.entries()) results.history(`replay-${index + 1}`, outcome);
          const tally = tallyOf(outcomes);
          const { verdict, vacuous, notJudged } = tally;
          const shown =
            outcomes.findLast(({ judgement }) => judgement.verdict === verdict) ?? outcomes.at(-1);
          if (verdict === 'valid') console.log(`✔ ${workload.name}    valid`);
          else if (shown?.judgement.verdict === verdict) console.log(verdictText(workload.name, shown));
          else console.log(`? ${workload.name}: too little was judged to say anything    ${verdict}`);
          if (shown) for (const line of judgementLines(shown.judgement)) console.log(line);
          if (of > 1) for (const line of judgedLines(tally)) console.log(line);
          if (vacuous > 0) console.log(`  vacuous in ${vacuous} of ${of} runs: ${tally.why}`);
          console.log(`    ${sizeOf({ plan })} · invalid in ${reproduced} of ${of} runs · ${seconds} s`);
          print({ verdict, reproduced, of, seconds, vacuous, notJudged, plan: file });
          return verdict === 'valid' ? 0 : 1;
        },
        // The wire stands where it stood in the hunt: it takes its time, too.
        [...new Set([...(workload.links ?? []), ...linksOf(plan)])],
      );
    });
}

const isInvalid = ({ judgement }: PlanOutcome): boolean => judgement.verdict === 'invalid';

/** @throws GauntletError GNT_FILE_UNREADABLE */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw gauntletError('GNT_FILE_UNREADABLE', file, (error as NodeJS.ErrnoException).code);
  }
}
