// `npm test`: format and lint (with the import rules), types, generated documents, unit tests. No stack is needed.
import { spawnSync } from 'node:child_process';

const node = process.execPath;
const bin = (name) => `node_modules/.bin/${name}`;
const steps = [
  ['format, lint, import rules', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ['generated documents', node, ['scripts/generate.ts', '--check']],
  [
    'unit tests',
    node,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      ...process.argv.slice(2),
    ],
  ],
];

let failed = 0;
for (const [name, command, args] of steps) {
  const startedAt = Date.now();
  console.log(`\n▸ ${name}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) failed += 1;
  console.log(`${status === 0 ? '✔' : '✗'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
}
process.exitCode = failed ? 1 : 0;
