// Adds up the counts of Jest ("Tests: 1 failed, 2 skipped, 3 passed, 6 total") and of the command
// ("3 passed, 1 failed, 2 skipped"). A step that failed without a failed test counts as one failure.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const [failedStep, ...files] = process.argv.slice(2);
const colour = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');
const total = { passed: 0, failed: 0, skipped: 0 };

for (const file of files) {
  const text = readFileSync(file, 'utf8').replaceAll(colour, '');
  const own = text.match(/^\d+ passed, \d+ failed, \d+ skipped$/gm);
  const jest = text.match(/^Tests: +.*total$/gm);
  const line = own?.at(-1) ?? jest?.at(-1) ?? '';
  const counts = Object.fromEntries(
    ['passed', 'failed', 'skipped'].map((word) => [
      word,
      Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0),
    ]),
  );
  console.log(`${basename(file, '.log').padEnd(8)} ${line || 'no result'}`);
  for (const word of Object.keys(total)) total[word] += counts[word];
  if (!line) total.failed += 1;
}
if (failedStep === '1' && total.failed === 0) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
