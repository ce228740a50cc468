// Runs before `npm test` and `npm run e2e`, on a clone with nothing but Node >= 20 and npm: installs the dependencies
// when they are missing, half made or other than the lock file says. It therefore uses nothing but Node's own modules.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { alone, markInstalled, whyInstall } from './installation.mjs';

const folder = process.cwd();
if (whyInstall(folder) !== undefined) {
  const wait = () => console.log('another install of these dependencies is running; waiting for it …');
  process.exitCode = await alone(folder, install, wait);
}

/** The exit code: asks again first, since whoever was waited for may have done it. */
async function install(noteChild) {
  const why = whyInstall(folder);
  if (why === undefined) return 0;
  console.log(`installing dependencies (npm ci), about a minute: ${why} …`);
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (npm.pid !== undefined) noteChild(npm.pid);
  const [status] = await once(npm, 'exit').catch((error) => [error.message]);
  if (status === 0) {
    markInstalled(folder);
    const left = whyInstall(folder);
    if (left === undefined) return 0;
    console.error(`GNT_INSTALL_FAILED: \`npm ci\` ended well, but ${left}.`);
    console.error(
      '  Remove node_modules and run the command again; npm must be allowed to run install scripts.',
    );
    return 1;
  }
  console.error(
    'GNT_INSTALL_FAILED: `npm ci` failed.\n  Check the network and the npm registry, then run the command again.',
  );
  return Number(status) || 1;
}
