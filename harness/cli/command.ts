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
import { addRecordingsCommand } from './recordings/command.ts';
import { addConfigCommand } from './setup/config.ts';
import { addStatusCommand } from './status.ts';
import { addUpCommand } from './up.ts';

// Set before testcontainers is loaded: the supervisor cleans up, and published ports are on loopback.
process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
process.env.TESTCONTAINERS_HOST_OVERRIDE = '127.0.0.1';

/** Errors in what the user gave: nothing has started. */
const usageCodes = [
  'GNT_USAGE',
  'GNT_REMOTE_EMPTY',
  'GNT_WORKERS_INVALID',
  'GNT_SUITE_UNKNOWN',
  'GNT_TEST_FILE_UNKNOWN',
  'GNT_PROVIDER_UNKNOWN',
  'GNT_SETUP_VALUE',
  'GNT_SETUP_KEY',
  'GNT_SETUP_MODEL',
  'GNT_SETUP_SERVICE',
  'GNT_SETUP_KEPT',
  'GNT_STACK_CONFIG',
  'GNT_STACK_TAKEN',
];

const program = new Command('gauntlet')
  .description('Bring up a real LLM stack, run suites against it, tear it down.')
  .exitOverride();

for (const add of [
  addE2eCommand,
  addUpCommand,
  addDownCommand,
  addStatusCommand,
  addLogsCommand,
  addImagesCommand,
  addConfigCommand,
  addHuntCommand,
  addReplayCommand,
  addCheckCommand,
  addWorkersCommand,
  addReproCommand,
  addRecordingsCommand,
]) {
  add(program);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message, or the help that was asked for.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    if (process.exitCode > 0) console.error(usageHint(error.code));
  } else {
    printError(error);
    process.exitCode = usageCodes.includes((error as { code?: string }).code ?? '') ? 2 : 1;
  }
}

/** What could have been meant, as far as the error does not say it, and where to read more. */
function usageHint(code: string): string {
  const command = program.commands.find((each) => each.name() === process.argv[2]);
  if (!command) {
    const names = program.commands.map((each) => each.name()).join(', ');
    return `  commands: ${names}\n  Run \`npx gauntlet --help\` for what they do.`;
  }
  const options = command.options.map(({ long, short }) => long ?? short).join(', ');
  const choices = code === 'commander.unknownOption' ? `  options: ${options}\n` : '';
  return `${choices}  Run \`npx gauntlet ${command.name()} --help\` for what it takes.`;
}
