import type { SuiteModels } from '../../setups/settings.ts';

/** What the run was started with; undefined outside of a run. */
export function suiteModels(): SuiteModels | undefined {
  const text = process.env.GAUNTLET_MODELS;
  return text ? (JSON.parse(text) as SuiteModels) : undefined;
}

/**
 * Why no test of a file can run with this setup, if so. A file that says `@provider any` in its first docblock sends
 * nothing that only the scripted provider understands and looks into no journal; all others do.
 */
export function unsuitedTo(
  pragmas: Readonly<Record<string, string | readonly string[]>>,
): string | undefined {
  const told = suiteModels();
  if (!told || told.isScripted || [pragmas.provider].flat().includes('any')) return undefined;
  return `this suite drives the scripted provider, which the setup ${told.setup} does not have`;
}
