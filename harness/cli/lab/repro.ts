import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { gauntletError } from '../../errors.ts';
import { type Bug, readBug, withMeasured } from '../../lab/bug.ts';
import { controlLines, runControls } from '../../lab/hunting/controls.ts';
import type { Control } from '../../lab/hunting/finding.ts';
import { type Mishap, Runner } from '../../lab/hunting/runner.ts';
import { tallyOf } from '../../lab/hunting/tally.ts';
import { judgedLines, verdictText } from '../../lab/print-finding.ts';
import { invalidCheckers, measureRate } from '../../lab/rate.ts';
import type { PlanOutcome } from '../../lab/running/run-plan.ts';
import { linksOf } from '../../plan/links-of.ts';
import { parsePlan } from '../../plan/parse-plan.ts';
import { packageRoot } from '../../stack/process/launch.ts';
import { variablePrefix } from '../../stack/service.ts';
import { workloadOf } from '../../workloads/catalogue.ts';
import { jsonOutput } from '../json-output.ts';
import { whole } from '../options.ts';
import { runRemedies } from './remedies.ts';
import { readText } from './replay.ts';
import { addLabOptions, type LabOptions, withLab } from './with-lab.ts';

interface ReproOptions extends LabOptions {
  readonly times: number;
  readonly controls?: true;
  readonly record?: true;
}

const bugsFolder = () => join(packageRoot, 'bugs');

/** Bugs of the track record. */
function bugNames(): readonly string[] {
  if (!existsSync(bugsFolder())) return [];
  const isBug = (name: string) => existsSync(join(bugsFolder(), name, 'bug.json'));
  return readdirSync(bugsFolder()).filter(isBug).sort();
}

export function addReproCommand(program: Command): void {
  addLabOptions(
    program.command('repro').description('reproduce a known bug of bugs/ and measure how often it shows'),
  )
    .argument('<bug>', 'folder below bugs/')
    .option('--times <n>', 'how often', whole(0), 10)
    .option('--controls', 'run it with one thing taken away, too: the second worker, each fault')
    .option('--record', 'write the rate and the controls into bug.json')
    .action(async (name: string, options: ReproOptions) => {
      const print = jsonOutput(options.json === true);
      if (!bugNames().includes(name)) {
        throw gauntletError('GNT_BUG_UNKNOWN', name, bugNames().join(', ') || 'none');
      }
      const folder = join(bugsFolder(), name);
      const bug = readBug(readText(join(folder, 'bug.json')), name);
      const plan = parsePlan(readText(join(folder, bug.plan)));
      const isFile = /\.[cm]?[jt]s$/.test(bug.workload);
      const workload = await workloadOf(isFile ? join(folder, bug.workload) : bug.workload);
      const { service = workload.service, command, image, url } = bug.subject;
      const replacement = { COMMAND: command, IMAGE: image, URL: url };
      const variables = Object.entries(replacement).flatMap(([kind, value]) =>
        value === undefined ? [] : [[`${variablePrefix(service)}_${kind}`, value] as const],
      );
      const extra = { ...bug.environment, ...Object.fromEntries(variables) };
      // Commands of bugs are given from the root of the package.
      process.chdir(packageRoot);
      const stackOptions = {
        ...options,
        ...(bug.profiles ? { profiles: options.profiles ?? bug.profiles } : {}),
      };
      process.exitCode = await withLab(
        workload,
        stackOptions,
        extra,
        async ({ lab, results, signal, subject, beside }) => {
          console.log(`${name}: ${bug.title}\n  ${bug.mechanism}\n  ${bug.thread}`);
          const startedAt = performance.now();
          const fresh = options.fresh === true || bug.fresh === true;
          const onMishap = ({ code, message }: Mishap) => console.log(`  ${code}: ${message}`);
          const runner = new Runner(lab, { subject, fresh, onMishap });
          const rate = await measureRate(runner, plan, options.times, isExpected(bug), { signal });
          const { reproduced, of, outcomes } = rate;
          const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2));
          for (const [index, outcome] of outcomes.entries()) results.history(`${name}-${index + 1}`, outcome);
          const shown =
            outcomes.findLast(({ judgement }) => judgement.verdict === bug.expected) ?? outcomes.at(-1);
          const verdict = shown?.judgement.verdict ?? 'not-judged';
          if (shown && verdict !== 'valid') console.log(`\n${verdictText(name, shown)}`);
          const tally = tallyOf(outcomes);
          const { vacuous, notJudged } = tally;
          for (const line of judgedLines(tally)) console.log(line);
          if (vacuous > 0) console.log(`  vacuous in ${vacuous} of ${of} runs: ${tally.why}`);
          console.log(
            `    ${verdict}, expected ${bug.expected} · reproduced ${reproduced} of ${of} · ${seconds} s`,
          );
          const checkers =
            bug.checker === undefined ? [...new Set(outcomes.flatMap(invalidCheckers))] : [bug.checker];
          const remedies = { plan, counts: isExpected(bug) };
          const controls = options.controls
            ? [
                ...(await runControls(runner, { plan, checkers, rate }, signal)),
                ...(await runRemedies(runner, bug.remedies ?? [], remedies, beside)),
              ]
            : [];
          for (const line of controlLines(controls, rate)) console.log(`    ${line}`);
          // Half of the runs would stand in the file as all of them.
          if (options.record && !signal.aborted) record(folder, { reproduced, of }, controls);
          const more = options.controls ? { controls } : {};
          print({
            bug: name,
            verdict,
            expected: bug.expected,
            reproduced,
            of,
            seconds,
            vacuous,
            notJudged,
            ...more,
          });
          return reproduced >= 0.8 * of && of > 0 ? 0 : 1;
        },
        [...new Set([...(workload.links ?? []), ...linksOf(plan)])],
      );
    });
}

const isExpected =
  ({ expected, checker }: Bug) =>
  ({ judgement }: PlanOutcome): boolean =>
    judgement.verdict === expected &&
    (checker === undefined ||
      judgement.verdicts.some((each) => each.checker === checker && each.verdict === expected));

function record(
  folder: string,
  rate: { readonly reproduced: number; readonly of: number },
  controls: readonly Control[],
): void {
  const file = join(folder, 'bug.json');
  writeFileSync(file, withMeasured(readText(file), rate, controls));
}
