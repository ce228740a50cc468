import { resolve } from 'node:path';
import { sensitiveName } from '../../report/redact.ts';
import { workloads } from '../../workloads/catalogue.ts';
import type { LabOptions } from './with-lab.ts';

/** What a command was given, as far as it decides what comes out. */
export interface Given {
  readonly options: Omit<Partial<LabOptions>, 'results'> & { readonly workload?: string };
  /** Where it was called: commands of subjects and files are told from there. */
  readonly cwd: string;
  readonly packageRoot: string;
  /** The text of the compose file, for the variables that it uses. */
  readonly composeText: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The driver that was chosen. */
  readonly driver: string;
  /** The end of one operation where nothing else is said, in seconds. */
  readonly defaultTimeout: number;
}

/**
 * The command that runs a plan again as it was found: with the same subject, stack and variables, from any folder. Variables that
 * hold a secret are left out: whoever has them has them set.
 * @param file the plan
 */
export function againCommand(file: string, given: Given, flags: readonly string[] = []): string {
  const { options, cwd, packageRoot, driver, defaultTimeout } = given;
  const { workload, subject, stack, profiles, workers, timeout, wire, salt } = options;
  const isKnown = workloads.some(({ name }) => name === workload);
  const values: Readonly<Record<string, string | undefined>> = {
    workload: isKnown || workload === undefined ? undefined : resolve(cwd, workload),
    subject,
    stack,
    driver: stack === undefined ? driver : undefined,
    profiles: profiles?.join(','),
    workers: workers === undefined ? undefined : String(workers),
    wire: wire?.join(','),
    timeout: timeout === undefined || timeout === defaultTimeout ? undefined : String(timeout),
    salt,
  };
  const named = Object.entries(values).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`--${name} ${quoted(value)}`],
  );
  const gauntlet =
    cwd === packageRoot ? 'npx gauntlet' : `npm --prefix ${quoted(packageRoot)} exec -- gauntlet`;
  const command = [`${gauntlet} replay`, quoted(resolve(cwd, file)), ...named, ...flags].join(' ');
  return `cd ${quoted(cwd)} && ${[...variables(given), command].join(' ')}`;
}

/** Set here and used by the stack: replacements of services, and whatever the compose file asks for. */
function variables({ composeText, environment, options }: Given): readonly string[] {
  const used = new Set([...composeText.matchAll(/\$\{?([A-Z][A-Z0-9_]*)/g)].map(([, name]) => name));
  const isReplacement = (name: string) =>
    /_(URL|IMAGE|COMMAND|VERSION|LOCAL|DEPLOYED)$/.test(name) && composeText.includes(serviceOf(name));
  const chosen = ['TEST_MODE', 'GAUNTLET_COMPOSE_FILE', 'GAUNTLET_STATE_DIR', 'E2E_IMAGES', 'E2E_REGISTRY'];
  const byOption = ['GAUNTLET_RUN', ...(options.workers === undefined ? [] : ['WORKERS'])];
  return Object.entries(environment)
    .filter(([name, value]) => {
      if (!value || byOption.includes(name) || sensitiveName.test(name)) return false;
      return used.has(name) || chosen.includes(name) || isReplacement(name);
    })
    .map(([name, value]) => `${name}=${quoted(value ?? '')}`)
    .sort();
}

/** `  open-webui:` of OPEN_WEBUI_VERSION, as it stands in the compose file. */
const serviceOf = (name: string): string =>
  `\n  ${name
    .replace(/_[A-Z]+$/, '')
    .toLowerCase()
    .replaceAll('_', '-')}:`;

function quoted(text: string): string {
  return /^[\w./:@,=>+-]+$/.test(text) && !text.includes('>') ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
