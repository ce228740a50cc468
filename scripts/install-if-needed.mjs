// Runs before `npm test` and `npm run e2e`, on a clone with nothing but Node >= 20 and npm: installs the dependencies
// when they are missing or older than the lock file. It therefore uses nothing but Node's own modules.
import { spawnSync } from 'node:child_process';
import { statSync, utimesSync } from 'node:fs';

const installed = 'node_modules/.package-lock.json';

if (changedAt(installed) < changedAt('package-lock.json')) {
  console.log('installing dependencies (npm ci), about a minute …');
  const result = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    console.error(
      'GNT_INSTALL_FAILED: `npm ci` failed.\n  Check the network and the npm registry, then run the command again.',
    );
    process.exit(result.status ?? 1);
  }
  const now = new Date();
  utimesSync(installed, now, now);
}

function changedAt(path) {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
