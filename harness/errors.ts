/**
 * Every error the harness raises: a code, a sentence a person can act on, and a hint.
 * The table is the only place where they are worded, so documentation and tests can list them.
 */
const table = {
  GNT_USAGE: ['{0}', 'Run `npx gauntlet --help` for the list of commands and options.'],
  GNT_NODE_TOO_OLD: [
    'Node {0} cannot run gauntlet; version 24 is needed.',
    'Run `npm install`: the package brings its own Node 24.',
  ],
  GNT_COMPOSE_FILE: [
    '{0} is not a usable compose file: {1}',
    'Check the file with `docker compose config`, or restore it from version control.',
  ],
  GNT_UNKNOWN_SERVICE: ['There is no service "{0}".', 'Services: {1}.'],
  GNT_REPLACEMENT_UNSUPPORTED: ['{0} cannot be used with the {1} driver.', '{2}'],
  GNT_REPLACEMENT_CONFLICT: ['{0} and {1} both replace {2}.', 'Set only one of them.'],
  GNT_REMOTE_URL_MISSING: [
    'TEST_MODE=deployed, but {0} is not set.',
    'Set {0}=https://…, or {1}=start to start that service here. There is no default address.',
  ],
  GNT_URL_INVALID: ['{0}={1} is not an http(s) URL.', 'Give a URL such as http://127.0.0.1:8000.'],
  GNT_REMOTE_EMPTY: [
    'The remote driver starts nothing, and no address of a running service was given.',
    'Name at least one, such as GATEWAY_URL=http://127.0.0.1:8000, or choose another driver.',
  ],
  GNT_ENGINE_UNREACHABLE: [
    'No container engine answers: {0}',
    'Start one (on Debian as root: `.ci/engine`), or use `--driver process`, which needs none.',
  ],
  GNT_ENGINE_LOST: [
    'The container engine stopped answering while the stack came up: {0}',
    'Check the engine (`docker info`); what it left is removed by the next run or by `npx gauntlet down --all`.',
  ],
  GNT_PORT_TAKEN: [
    'Port {0} of {1} is already in use.',
    'Unset {2} to get a free one, or stop the process that listens there.',
  ],
  GNT_SERVICE_EXITED: ['{0} exited with {1} while starting.', 'Look closer: {2}'],
  GNT_SERVICE_NOT_READY: ['{0} was not ready within {1} s ({2}).', 'Look closer: {3}'],
  GNT_SERVICE_DIED: ['{0} became ready and then died ({1}).', 'Look closer: {2}'],
  GNT_UP_FAILED: ['The stack did not come up: {0}', 'Look closer: {1}'],
  GNT_INTERRUPTED: ['Interrupted by {0}.', 'Everything the run had started was removed.'],
  GNT_RESULTS_NOT_WRITABLE: [
    'Cannot write to the results folder {0}: {1}',
    'Give another folder with `--results DIR`, or make this one writable.',
  ],
  GNT_RUN_NOT_FOUND: ['There is no kept stack "{0}".', 'Running stacks: {1}. See `npx gauntlet status`.'],
  GNT_SUPERVISOR_LOST: [
    'The supervisor of run {0} does not answer: {1}',
    'Run `npx gauntlet down {0}`; it removes what is left without the supervisor.',
  ],
  GNT_WORKERS_INVALID: ['WORKERS={0} is not a number of workers.', 'Give a whole number from 1 to 64.'],
  GNT_IMAGE_BUILD_FAILED: ['Building the image {0} failed.', 'Last lines of the build:\n{1}'],
  GNT_IMAGE_PULL_FAILED: [
    'The image {0} cannot be pulled: {1}',
    'Use E2E_IMAGES=build to build it from package registries, or E2E_REGISTRY to name a mirror.',
  ],
  GNT_LITELLM_CONFIG: [
    'LITELLM_CONFIG={0}: there is no such file: {1}',
    'Name a configuration of LiteLLM: an absolute path, or one relative to this folder or to the package.',
  ],
  GNT_PYTHON_MISSING: [
    'No Python {0} was found.',
    'Install python{0}, or leave the service out with --profiles.',
  ],
  GNT_PYTHON_ENVIRONMENT: [
    'The Python environment of {0} could not be made: {1}',
    'The full output is in {2}.',
  ],
  GNT_PROGRAM_BUILD: [
    'The program {0} could not be compiled: {1}',
    'The full output is in {2}. Put one on PATH, or leave the service out with --profiles.',
  ],
  GNT_PLAN_VERSION: [
    'The plan has version {0}; this gauntlet reads version {1}.',
    'Make it again with `npx gauntlet hunt`, or replay it with the release that wrote it.',
  ],
  GNT_PLAN_INVALID: [
    'Not a plan: {0}',
    'See docs/checkers.md, "Plans", or compare it with a plan.json of a run.',
  ],
  GNT_PLAN_FAILED: [
    'A plan could not be run: {0}',
    'Look at the logs of the subject with `npx gauntlet logs`, and at what the workload prepares.',
  ],
  GNT_HISTORY_VERSION: [
    'The history has version {0}; this gauntlet reads version {1}.',
    'Judge it with the release that wrote it.',
  ],
  GNT_HISTORY_INVALID: [
    'Not a history: {0}',
    'A history is JSON lines: one header, then one event per line.',
  ],
  GNT_CHECKER_UNKNOWN: ['There is no checker "{0}".', 'Checkers: {1}.'],
  GNT_CHECKER_OPTIONS: ['The checker "{0}" cannot use {1}', 'See docs/checkers.md.'],
  GNT_WORKLOAD_UNKNOWN: [
    'There is no workload "{0}".',
    'Workloads: {1}; or give a file with one as its default export (docs/write-a-workload.md).',
  ],
  GNT_PIPE_UNREADABLE: [
    'The pipe {0} cannot be read: {1}',
    'OPEN_WEBUI_PIPE names a file of Python, absolute or from the folder that the command is called in.',
  ],
  GNT_WORKLOAD_SERVICE: [
    'The workload {0} needs {1}, which this stack does not have ({2}).',
    'Bring it up with `--profiles {3}`, or give its address with `--subject URL`.',
  ],
  GNT_WORKERS_UNSEEN: [
    'The workers of {0} cannot be seen: {1}.',
    'Workers are told apart in stacks that gauntlet starts on Linux or in containers.',
  ],
  GNT_SUBJECT_FIXED: [
    'The subject cannot be restarted: {0}.',
    'Leave out --fresh, or let gauntlet start the subject: give it as a command or an image.',
  ],
  GNT_SUBJECT_KEPT: [
    'A kept stack cannot take {0} as its {1}.',
    'Leave out --stack, so that a stack is started with it, or give the subject as a URL.',
  ],
  GNT_SUBJECT_REFUSED: [
    'The subject refused what the workload prepares: {0} → {1}',
    'Does the subject speak the API of this workload? Its log and docs/write-a-workload.md tell what it is asked.',
  ],
  GNT_SUBJECT_SILENT: [
    'The subject did not answer what the workload prepares or cleans up: {0}: {1}',
    'Is it up, and in time? See its log; `--timeout` gives it longer.',
  ],
  GNT_SUBJECT_IDLE: ['The subject acknowledged {0} and made nothing', 'It answered: {1}'],
  GNT_PREPARE_FAILED: ['The workload {0} could not prepare its run: {1}', 'The last answer that it got: {2}'],
  GNT_FAULT_FAILED: [
    'The fault {0} could not be applied or reverted: {1}',
    'The scope, the supervisor or the engine failed, not the subject; their logs have the cause.',
  ],
  GNT_FAULT_NOT_REVERTED: [
    '{0} was not as before its fault again within {1} s.',
    'A subject must bring its workers back by itself; see its log.',
  ],
  GNT_FILE_UNREADABLE: ['Cannot read {0}: {1}', 'Check the path.'],
  GNT_BUG_UNKNOWN: ['There is no bug "{0}".', 'Bugs: {1}.'],
  GNT_BUG_INVALID: ['{0} is not a description of a bug: {1}', 'See bugs/README.md.'],
  GNT_RECORDER_SILENT: [
    'The recorder does not tell what came to pass between the stack and its providers: {0}',
    'Without that a run proves nothing. See its log with `npx gauntlet logs recorder`.',
  ],
  GNT_SUITE_UNKNOWN: ['There is no suite "{0}".', 'Suites: {1}.'],
  GNT_TEST_FILE_UNKNOWN: [
    'No test file has "{0}" in its path.',
    'They are below e2e/; `npx gauntlet e2e --collect-only` lists them.',
  ],
  GNT_PROVIDER_UNKNOWN: ['{0}: there is no provider "{1}".', 'Each of these is a setup: {2}.'],
  GNT_SETUP_VALUE: ['{0} cannot be used: {1}.', 'See docs/setups.md for what it takes.'],
  GNT_SETUP_KEY: [
    'The setup {0} needs a key, and {1} is not set.',
    'Set it in the environment or with `--env NAME=VALUE`; the setups scripted and ollama need none.',
  ],
  GNT_SETUP_MODEL: [
    'The setup {0} names no text model, and neither do you.',
    'Give one with `--text-model NAME`, or set TEXT_MODEL.',
  ],
  GNT_SETUP_SERVICE: [
    'The setup {0} needs the service {1}, which this stack does not have: {2}.',
    'Make it available, give its address as {3}_URL, or choose another setup.',
  ],
  GNT_SETUP_KEPT: [
    'The stack {0} was brought up with {1}; {2} needs another one.',
    'Leave the flag out, or bring a stack up with it.',
  ],
  GNT_STACK_CONFIG: [
    '--stack-config: {0}.',
    'It takes server:NAME, server:NAME:PORT, a URL, NAME, a compose file, or API=PROVIDER,…; names: {1}; APIs: {2}.',
  ],
  GNT_STACK_TAKEN: [
    'Port {0} is taken by {1}.',
    'Stop it, or give another port with `--stack-config server:NAME:PORT`.',
  ],
  GNT_SKIP_WITHOUT_REASON: ['{0} skipped without a reason.', 'Use skip(reason) from the suite library.'],
} as const satisfies Record<string, readonly [message: string, hint: string]>;

export type ErrorCode = keyof typeof table;

/** An error a person can act on. `message` says what is wrong, `hint` what to do. */
export class GauntletError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GauntletError';
    this.code = code;
    this.hint = hint;
  }
}

/** Makes the error `code` with its `{0}`, `{1}` … filled in. A cause may come last. */
export function gauntletError(code: ErrorCode, ...details: readonly unknown[]): GauntletError {
  const cause = details.find((detail) => detail instanceof Error);
  const fill = (text: string) =>
    text.replace(/\{(\d)\}/g, (_, index) => {
      const detail = details[Number(index)];
      return detail instanceof Error ? detail.message : String(detail ?? '');
    });
  const [message, hint] = table[code];
  return new GauntletError(code, fill(message), fill(hint), cause ? { cause } : undefined);
}
