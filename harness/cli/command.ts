import { Command, CommanderError } from 'commander';
import { addDownCommand } from './down.ts';
import { addE2eCommand } from './e2e.ts';
import { addImagesCommand } from './images.ts';
import { addCheckCommand } from './lab/check.ts';
import { addHuntCommand } from './lab/hunt.ts';
import { addReplayCommand } from './lab/replay.ts';
import { addReproCommand } from './lab/repro.ts';
import { addWorkersCommand } from './lab/workers.ts';
import { addLogsCommand } from './logs.ts';
import { printError } from './print-error.ts';
import { addStatusCommand } from './status.ts';
import { addUpCommand } from './up.ts';

// Set before testcontainers is loaded: the supervisor cleans up, and published ports are on loopback.
process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
process.env.TESTCONTAINERS_HOST_OVERRIDE = '127.0.0.1';

const program = new Command('gauntlet')
  .description('Bring up a real LLM stack, run suites against it, tear it down.')
  .showHelpAfterError()
  .exitOverride();

for (const add of [
  addE2eCommand,
  addUpCommand,
  addDownCommand,
  addStatusCommand,
  addLogsCommand,
  addImagesCommand,
  addHuntCommand,
  addReplayCommand,
  addCheckCommand,
  addWorkersCommand,
  addReproCommand,
]) {
  add(program);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message, or the help that was asked for.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    printError(error);
    const usage = ['GNT_USAGE', 'GNT_WORKERS_INVALID', 'GNT_SUITE_UNKNOWN'].includes(
      (error as { code?: string }).code ?? '',
    );
    process.exitCode = usage ? 2 : 1;
  }
}
