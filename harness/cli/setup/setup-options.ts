import { type Command, Option } from 'commander';
import { gauntletError } from '../../errors.ts';
import { providerNames } from '../../setups/catalogue.ts';
import { type Given, modelFlags } from '../../setups/model-settings.ts';
import { setupVariable } from '../../setups/settings.ts';

/** Options that decide which models a stack stands on and which of them the tests ask. */
export interface SetupOptions {
  readonly setup?: string;
  readonly stackConfig?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly textModel?: string;
  readonly visionModel?: string;
  readonly embeddingModel?: string;
  readonly embeddingDimension?: string;
  readonly judgeModel?: string;
  readonly safetyShield?: string;
}

const listed = 'comma-separated; tests run once for each (none: they are skipped)';

export function addSetupOptions(command: Command): Command {
  return command
    .optionsGroup('Setup and models:')
    .option(
      '--setup <name>',
      `provider, models and environment: ${providerNames.join(', ')} (default: scripted; also ${setupVariable})`,
    )
    .option('--text-model <list>', `models for text, ${listed}`)
    .option('--vision-model <list>', `models for images, ${listed}`)
    .option('--embedding-model <list>', `models for embeddings, ${listed}`)
    .option('--embedding-dimension <list>', `lengths of their vectors, ${listed}`)
    .option('--judge-model <list>', `models that judge answers, ${listed}`)
    .option('--safety-shield <list>', `models that judge harm, ${listed}`)
    .addOption(
      new Option(
        '--stack-config <config>',
        'server:NAME[:PORT] (started, or used if it runs), a URL, NAME, a compose file, or API=PROVIDER,…',
      ),
    )
    .option('--env <NAME=VALUE>', 'set a variable for services and tests (repeatable)', addVariable)
    .optionsGroup('Options:');
}

/** A value may be a credential: it is never repeated, as Commander's own errors would. */
function addVariable(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=');
  const name = text.slice(0, Math.max(at, 0));
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw gauntletError('GNT_USAGE', '--env takes NAME=VALUE, with a name of letters, digits and _.');
  return { ...before, [name]: text.slice(at + 1) };
}

/** What the options and the environment say, with flags by their names: one that is absent is not there. */
export function givenBy(options: SetupOptions, environment: NodeJS.ProcessEnv): Given {
  const { setup, textModel, visionModel, embeddingModel, embeddingDimension, judgeModel, safetyShield } =
    options;
  const told: Readonly<Record<string, string | undefined>> = {
    '--setup': setup,
    [modelFlags.text.flag]: textModel,
    [modelFlags.vision.flag]: visionModel,
    [modelFlags.embedding.flag]: embeddingModel,
    [modelFlags.dimension.flag]: embeddingDimension,
    [modelFlags.judge.flag]: judgeModel,
    [modelFlags.safety.flag]: safetyShield,
  };
  const flags = Object.entries(told).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));
  return { flags: Object.fromEntries(flags), set: options.env ?? {}, environment };
}
