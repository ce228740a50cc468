import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { gauntletError } from '../errors.ts';
import { readBug } from '../lab/bug.ts';
import { verdictText } from '../lab/print-finding.ts';
import { measureRate } from '../lab/rate.ts';
import { linksOf } from '../plan/links-of.ts';
import { parsePlan } from '../plan/parse-plan.ts';
import { packageRoot } from '../stack/process/launch.ts';
import { variablePrefix } from '../stack/service.ts';
import { workloadOf } from '../workloads/catalogue.ts';
import { whole } from './hunt.ts';
import { jsonOutput } from './json-output.ts';
import { readText } from './replay.ts';
import { addLabOptions, type LabOptions, withLab } from './with-lab.ts';

interface ReproOptions extends LabOptions {
  readonly times: number;
}

const bugsFolder = () => join(packageRoot, 'bugs');

/** Bugs of the track record. */
export function bugNames(): readonly string[] {
  if (!existsSync(bugsFolder())) return [];
  const isBug = (name: string) => existsSync(join(bugsFolder(), name, 'bug.json'));
  return readdirSync(bugsFolder()).filter(isBug).sort();
}

export function addReproCommand(program: Command): void {
  addLabOptions(
    program.command('repro').description('reproduce a known bug of bugs/ and measure how often it shows'),
  )
    .argument('<bug>', 'folder below bugs/')
    .option('--times <n>', 'how often', whole, 10)
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
        async ({ lab, results, signal }) => {
          console.log(`${name}: ${bug.title}\n  ${bug.mechanism}\n  ${bug.thread}`);
          const startedAt = performance.now();
          const { reproduced, of, outcomes } = await measureRate(
            lab,
            plan,
            options.times,
            ({ judgement }) =>
              judgement.verdict === bug.expected &&
              (bug.checker === undefined ||
                judgement.verdicts.some(
                  (each) => each.checker === bug.checker && each.verdict === bug.expected,
                )),
            signal,
          );
          const seconds = Number(((performance.now() - startedAt) / 1000).toFixed(2));
          for (const [index, outcome] of outcomes.entries()) results.history(`${name}-${index + 1}`, outcome);
          const shown =
            outcomes.findLast(({ judgement }) => judgement.verdict === bug.expected) ?? outcomes.at(-1);
          const verdict = shown?.judgement.verdict ?? 'unknown';
          if (shown && verdict !== 'valid') console.log(`\n${verdictText(name, shown)}`);
          const vacuous = outcomes.filter((outcome) => outcome.vacuous.length > 0).length;
          if (vacuous > 0) console.log(`  vacuous in ${vacuous} of ${of} runs`);
          console.log(
            `    ${verdict}, expected ${bug.expected} · reproduced ${reproduced} of ${of} · ${seconds} s`,
          );
          print({ bug: name, verdict, expected: bug.expected, reproduced, of, seconds });
          return reproduced >= 0.8 * of && of > 0 ? 0 : 1;
        },
        linksOf(plan),
      );
    });
}
