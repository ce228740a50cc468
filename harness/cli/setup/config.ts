import type { Command } from 'commander';
import type { Settled } from '../../setups/model-settings.ts';
import type { Provider } from '../../setups/provider.ts';
import { isScripted } from '../../setups/settings.ts';
import { jsonOutput } from '../json-output.ts';
import { addStackOptions, type StackOptions } from '../options.ts';
import { type RunSetup, settleRun } from './run-setup.ts';
import { addSetupOptions, type SetupOptions } from './setup-options.ts';

interface ConfigOptions extends StackOptions, SetupOptions {
  readonly suites?: readonly string[];
  readonly json?: true;
}

/** One setting of a run: what it is, and who said so. */
type Row = readonly [name: string, setting: Settled<string | readonly (string | number)[]>];

export function addConfigCommand(program: Command): void {
  const command = program
    .command('config')
    .description('show what a run would be started with, and where each value comes from; starts nothing');
  addSetupOptions(addStackOptions(command))
    .option('--suites <list>', 'suites, whose setup counts if no other is named', (list) => list.split(','))
    .option('--json', 'print one JSON object')
    .action((asked: ConfigOptions) => {
      const print = jsonOutput(asked.json === true);
      const { setup, options } = settleRun(asked, asked.suites);
      const rows = rowsOf(setup, options);
      print(Object.fromEntries(rows));
      if (asked.json) return;
      for (const [name, { value, from }] of rows) {
        const shown = [value].flat().join(', ') || 'none';
        console.log(`${name.padEnd(20)} ${shown.padEnd(44)} ${from}`);
      }
    });
}

/** Keys are told to be there; their values are nobody's business. */
function rowsOf({ settings, config }: RunSetup, options: ConfigOptions): readonly Row[] {
  const { setup, models, routes } = settings;
  const stack: Row[] = config
    ? [['stack', { value: options.stackConfig ?? '', from: '--stack-config' }]]
    : [];
  const profiles = options.profiles ?? ['all'];
  return [
    ['setup', setup],
    ...stack,
    ['profiles', { value: profiles, from: options.profiles ? 'options' : 'default' }],
    ...Object.entries(models).map(
      ([kind, setting]): Row => [kind === 'dimension' ? 'vector length' : `${kind} models`, setting],
    ),
    ...routes.flatMap(({ provider, baseUrl, key }): Row[] => [
      [`${provider.name} url`, baseUrl],
      [
        `${provider.name} key`,
        key ? { value: 'set', from: key.from } : { value: 'none', from: noKey(provider) },
      ],
    ]),
    ['suites that run', { value: isScripted(settings) ? 'all' : 'those of any provider', from: setup.from }],
  ];
}

function noKey({ variables }: Provider): string {
  if (variables.keys.length === 0) return 'it asks for none';
  return `${variables.keys.join(', ')} not set${variables.keyRequired ? ': needed' : ''}`;
}
