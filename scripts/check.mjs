// `npm test`: format and lint (with the import rules), generated documents, types, unit tests. No stack is needed.
// The checks run beside the unit tests; each prints when it is done.
import { spawn } from 'node:child_process';

const node = process.execPath;
const bin = (name) => `node_modules/.bin/${name}`;
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
];
const lanes = [
  [
    ['format, lint, import rules', bin('biome'), ['check', '--error-on-warnings', '.']],
    ['generated documents', node, ['scripts/generate.ts', '--check']],
    ['types', bin('tsc'), ['--noEmit', '-p', '.']],
  ],
  [['unit tests', node, [...jest, ...process.argv.slice(2)]]],
];

const results = await Promise.all(
  lanes.map(async (lane) => {
    let ok = true;
    for (const step of lane) ok = (await run(...step)) && ok;
    return ok;
  }),
);
process.exitCode = results.every(Boolean) ? 0 : 1;

function run(name, command, args) {
  const startedAt = Date.now();
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { FORCE_COLOR: process.stdout.isTTY ? '1' : '0', ...process.env },
    });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(String(error))));
    child.on('close', (code) => {
      console.log(`\n▸ ${name}\n${Buffer.concat(output).toString().trimEnd()}`);
      console.log(`${code === 0 ? '✔' : '✗'} ${name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
      resolve(code === 0);
    });
  });
}
