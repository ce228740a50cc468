#!/usr/bin/env node
// The command must start on any Node >= 20: it hands over to the Node 24 that the package brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, 'main.ts');

if (Number(process.versions.node.split('.')[0]) >= 24) {
  await import(main);
} else {
  const candidates = ['../../node_modules/node/bin/node', '../../../node/bin/node'].map((path) =>
    join(here, path),
  );
  const node = candidates.find(existsSync);
  if (!node) {
    console.error(
      `GNT_NODE_TOO_OLD: Node ${process.version} cannot run gauntlet; version 24 is needed.\n  Run \`npm install\`: the package brings its own Node 24.`,
    );
    process.exit(1);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, GAUNTLET_WRAPPED: '1' },
  });
  // The terminal signals the whole group; a signal sent to this process alone is handed on.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)));
}
