import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { checkHistory } from '../../history/checkers.ts';
import type { Journal, JournalEntry } from '../../history/journal.ts';
import { parseHistory } from '../../history/read-history.ts';
import { judgementLines, verdictText } from '../../lab/print-finding.ts';
import { jsonOutput } from '../json-output.ts';
import { readText } from './replay.ts';

export function addCheckCommand(program: Command): void {
  program
    .command('check')
    .description('judge a recorded history again')
    .argument('<history.jsonl>', 'history of an earlier run')
    .option('--json', 'print one JSON object')
    .action((file: string, { json }: { json?: true }) => {
      const print = jsonOutput(json === true);
      const { history, torn } = parseHistory(readText(file));
      if (torn !== undefined) console.log(`  the last line is torn and was left out: ${torn.slice(0, 60)}`);
      const judgement = checkHistory(history, journalBeside(file));
      const { verdict, verdicts, unknown } = judgement;
      if (verdict !== 'valid') console.log(verdictText(history.header.workload, { history, judgement }));
      else console.log(`✔ ${history.header.workload}    valid`);
      for (const line of judgementLines(judgement)) console.log(line);
      const notJudged = verdicts.flatMap(({ checker, verdict: each, reason }) =>
        each === 'not-judged' ? [{ checker, reason }] : [],
      );
      print({ verdict, unknown, notJudged, verdicts, torn: torn !== undefined });
      process.exitCode = verdict === 'valid' ? 0 : 1;
    });
}

/** The journal that was recorded with a history lies beside it. */
function journalBeside(file: string): Journal | undefined {
  const path = file.replace(/\.jsonl$/, '.journal');
  if (path === file || !existsSync(path)) return undefined;
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as JournalEntry);
}
