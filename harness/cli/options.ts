import { type Command, InvalidArgumentError, Option } from 'commander';
import { gauntletError } from '../errors.ts';
import { type RecorderMode, recorderModes } from '../stack/recorder-edge.ts';
import type { DriverName } from '../stack/replacement.ts';

/** Profiles of compose.yaml in the order people see them. */
export const profiles = ['core', 'bots', 'ha', 'litellm', 'ollama', 'open-webui'] as const;
/** Where recordings of a setup are kept. */
export const recordingsOf = (setup = 'scripted'): string =>
  `e2e/recordings/${setup.replace(/[^\w.-]+/g, '-')}`;
export const drivers = ['compose', 'process', 'remote'] as const satisfies readonly DriverName[];

/** Options that decide what stack comes up; `e2e` and `up` share them. */
export interface StackOptions {
  readonly driver?: DriverName;
  /** All when not given. */
  readonly profiles?: readonly string[];
  readonly workers?: number;
  readonly deadline: number;
  /** Links of the stack that the wire stands on. */
  readonly wire?: readonly string[];
  /** Whether answers of model providers are recorded or replayed; without it nothing stands before them. */
  readonly mode?: RecorderMode;
  /** Folder of the recordings. */
  readonly recordings?: string;
}

export function addStackOptions(command: Command): Command {
  return command
    .addOption(new Option('--driver <name>', 'what brings the stack up').choices(drivers).env('E2E_DRIVER'))
    .addOption(
      new Option(
        '--profiles <list>',
        `parts of the stack, comma-separated: ${profiles.join(', ')} (default: all)`,
      ).argParser(oneOf(profiles)),
    )
    .addOption(
      new Option('--workers <n>', 'worker processes of every service, 1 to 64 (default: 2)').env('WORKERS'),
    )
    .addOption(
      new Option(
        '--wire <links>',
        'put the planned TCP proxy on these links, comma-separated, such as client>gateway,gateway>postgres',
      ).argParser((list: string) => list.split(',').filter(Boolean)),
    )
    .addOption(
      new Option('--mode <mode>', 'record or replay what the stack asks of model providers')
        .choices(recorderModes)
        .env('GAUNTLET_MODE'),
    )
    .addOption(
      new Option('--recordings <dir>', 'folder of the recordings (default: e2e/recordings/SETUP)').env(
        'GAUNTLET_RECORDINGS',
      ),
    )
    .addOption(
      new Option('--deadline <seconds>', 'time for all services to become ready')
        .argParser(seconds)
        .default(180),
    );
}

/** `--workers` or WORKERS. Throws GNT_WORKERS_INVALID. */
export function workersOf(value: number | string | undefined): number {
  if (value === undefined || value === '') return 2;
  const workers = Number(value);
  if (!Number.isInteger(workers) || workers < 1 || workers > 64)
    throw gauntletError('GNT_WORKERS_INVALID', value);
  return workers;
}

/** Reads a comma-separated list whose items must be among `valid`. */
export function oneOf(valid: readonly string[]): (value: string) => string[] {
  return (value) => {
    const items = value.split(',').filter(Boolean);
    const unknown = items.find((item) => !valid.includes(item));
    if (items.length === 0 || unknown !== undefined) {
      throw new InvalidArgumentError(`"${unknown ?? value}" is not one of: ${valid.join(', ')}.`);
    }
    return items;
  };
}

/** Reads a whole number from `least` on. */
export const whole =
  (least: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!Number.isSafeInteger(number) || number < least)
      throw new InvalidArgumentError(`It is a whole number from ${least}.`);
    return number;
  };

export function seconds(value: string): number {
  const parsed = Number(value);
  if (!(parsed > 0 && parsed <= 3600))
    throw new InvalidArgumentError('It is a number of seconds, up to 3600.');
  return parsed;
}

/** Milliseconds, of `60s`, `500ms` or `5m`; of a bare number seconds. */
export function duration(value: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(value);
  if (!match) throw new InvalidArgumentError('It is a duration such as 60s, 500ms or 5m.');
  const unit = { ms: 1, s: 1000, m: 60_000 }[match[2] ?? 's'] as number;
  return Number(match[1]) * unit;
}
