import { gauntletError } from '../errors.ts';
import type { ModelKind, Provider } from './provider.ts';

/** A value and where it comes from, in words such as `--text-model`, `OPENAI_BASE_URL of the environment`, `setup openai`. */
export interface Settled<Value> {
  readonly value: Value;
  readonly from: string;
}

/** Models that the tests of a run are multiplied by. An empty list skips the tests that need one of its kind. */
export type Models = Readonly<Record<ModelKind, readonly string[]>> & {
  readonly dimension: readonly number[];
};
export type ModelSettings = { readonly [Name in keyof Models]: Settled<Models[Name]> };

/** What flags and environment say: a name that is present counts, whatever its value. */
export interface Given {
  /** Flags by their names, such as `--text-model`. */
  readonly flags: Readonly<Record<string, string>>;
  /** What `--env` sets. */
  readonly set: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The flag of each list and the variables that stand in for it. */
export const modelFlags: Readonly<
  Record<keyof Models, { readonly flag: string; readonly variables: readonly string[] }>
> = {
  text: { flag: '--text-model', variables: ['TEXT_MODEL', 'MODEL'] },
  vision: { flag: '--vision-model', variables: ['VISION_MODEL'] },
  embedding: { flag: '--embedding-model', variables: ['EMBEDDING_MODEL'] },
  dimension: { flag: '--embedding-dimension', variables: ['EMBEDDING_DIMENSION'] },
  judge: { flag: '--judge-model', variables: ['JUDGE_MODEL'] },
  safety: { flag: '--safety-shield', variables: ['SAFETY_SHIELD'] },
};

/** Of embeddings when neither a flag nor the setup says another one. */
const usualDimension = 768;

/** Providers of a setup by what they are asked for; without one the setup says nothing about it. */
export type ProviderOf = Partial<Readonly<Record<ModelKind, Provider>>>;

/**
 * Settles every list of models: flag, then `--env`, then environment, then setup, then what is usual.
 *
 * @param setup its name in words, such as `setup openai`
 * @throws GNT_SETUP_VALUE for what is no name of a model or no dimension
 */
export function settleModels(given: Given, providerOf: ProviderOf, setup: string): ModelSettings {
  const names = (kind: ModelKind, own: string | undefined): Settled<readonly string[]> => {
    const told = toldOf(given, kind);
    if (told) return { value: listOf(told.value, told.from, isModelName, 'a model'), from: told.from };
    if (own !== undefined) return { value: [own], from: setup };
    return { value: [], from: providerOf[kind] ? `${setup} has none` : 'nothing names one' };
  };
  const { embedding } = providerOf;
  return {
    text: names('text', providerOf.text?.text),
    vision: names('vision', providerOf.vision?.vision),
    embedding: names('embedding', embedding?.embedding?.name),
    judge: names('judge', undefined),
    safety: names('safety', providerOf.safety?.safety),
    dimension: dimensions(given, embedding?.embedding?.dimension, setup),
  };
}

function dimensions(given: Given, own: number | undefined, setup: string): Settled<readonly number[]> {
  const told = toldOf(given, 'dimension');
  if (told) {
    const list = listOf(told.value, told.from, isDimension, 'a dimension: a whole number from 1 to 65536');
    return { value: list.map(Number), from: told.from };
  }
  return own === undefined ? { value: [usualDimension], from: 'default' } : { value: [own], from: setup };
}

/** What the user says about a list, if anything. An empty variable says nothing, an empty flag says "none". */
function toldOf(given: Given, name: keyof Models): Settled<string> | undefined {
  const { flag, variables } = modelFlags[name];
  const value = given.flags[flag];
  if (value !== undefined) return { value, from: flag };
  return variableOf(given, variables);
}

/** The first of some variables that is set, `--env` before the environment. */
export function variableOf(given: Given, variables: readonly string[]): Settled<string> | undefined {
  for (const name of variables) {
    const set = given.set[name];
    if (set !== undefined) return { value: set, from: `--env ${name}` };
    const value = given.environment[name];
    if (value) return { value, from: `${name} of the environment` };
  }
  return undefined;
}

function listOf(
  text: string,
  from: string,
  isValid: (item: string) => boolean,
  what: string,
): readonly string[] {
  const items = text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
  const wrong = items.find((item) => !isValid(item));
  if (wrong !== undefined)
    throw gauntletError('GNT_SETUP_VALUE', from, `${JSON.stringify(wrong)} is not ${what}`);
  return [...new Set(items)];
}

/** Names travel in JSON and YAML; none of them needs quoting there. */
const isModelName = (text: string) => /^[\w.:/@+-]+$/.test(text);
const isDimension = (text: string) => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65_536;
