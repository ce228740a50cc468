import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Gives the tests of one run a temporary folder of their own, which goes with them. The name is short: sockets lie below it. */
export default function useTemporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'gt-'));
  process.env.TMPDIR = folder;
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
}
