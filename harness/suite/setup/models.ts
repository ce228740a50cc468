import { test as jestTest } from '@jest/globals';
import { type Models, modelFlags } from '../../setups/model-settings.ts';
import { ask } from '../responses/caller.ts';
import { skip } from '../skip.ts';
import { optionalService } from '../stack.ts';
import { suiteModels } from './setup.ts';

/** Lists of models that a test is multiplied by. */
export type Over = keyof Models;

/** One of each list that a test asked for. */
export type Chosen<Kinds extends readonly Over[]> = {
  readonly [Kind in Kinds[number]]: Models[Kind][number];
};

/** What a list is called in the name of a test, as in `[txt=tiny:emb=nomic:dim=768]`. */
const shortNames: Readonly<Record<Over, string>> = {
  text: 'txt',
  vision: 'vis',
  embedding: 'emb',
  dimension: 'dim',
  judge: 'jdg',
  safety: 'sfy',
};

/**
 * Tests that run once for every combination of the models of some kinds: `test.over(['text'])('answers', async ({ text }) => …)`.
 * Without a model of a kind there is one, which is skipped; a model that the gateway does not list fails it.
 */
export const test = {
  over<const Kinds extends readonly Over[]>(kinds: Kinds) {
    return (name: string, run: (chosen: Chosen<Kinds>) => Promise<void>): void => {
      const lists = kinds.map((kind) => ({ kind, values: valuesOf(kind) }));
      for (const chosen of combinations(lists)) {
        const id = kinds.map((kind) => `${shortNames[kind]}=${chosen[kind] ?? 'none'}`).join(':');
        jestTest(id ? `${name} [${id}]` : name, async () => {
          for (const kind of kinds) {
            if (chosen[kind] === undefined) skip(emptyReason(kind), 'missing_env');
          }
          for (const kind of kinds) await needsListed(kind, String(chosen[kind]));
          await run(chosen as Chosen<Kinds>);
        });
      }
    };
  },
};

type Value = string | number | undefined;

/** All ways to take one of each list; of an empty one, nothing. Their order is that of the lists. */
export function combinations(
  lists: readonly { readonly kind: Over; readonly values: readonly Value[] }[],
): readonly Readonly<Partial<Record<Over, Value>>>[] {
  return lists.reduce<readonly Partial<Record<Over, Value>>[]>(
    (before, { kind, values }) =>
      before.flatMap((chosen) =>
        (values.length === 0 ? [undefined] : values).map((value) => ({ ...chosen, [kind]: value })),
      ),
    [{}],
  );
}

/** The usual setup says nothing about a gateway that is not ours. */
function valuesOf(kind: Over): readonly Value[] {
  const told = suiteModels();
  if (!told) return [];
  const { value, from } = told.models[kind];
  return told.isUsual && from === `setup ${told.setup}` && isForeign() ? [] : value;
}

function isForeign(): boolean {
  return !process.env.GAUNTLET_COLLECT && optionalService('gateway')?.ours === false;
}

/** What to ask for so that vectors have a length: nothing, unless the user named one that the model does not have by itself. */
export function askingFor(dimension: number): { readonly dimensions?: number } {
  const told = suiteModels();
  if (!told || told.models.dimension.from === `setup ${told.setup}`) return {};
  if (told.models.dimension.from === 'default' || dimension === told.ownDimension) return {};
  return { dimensions: dimension };
}

function emptyReason(kind: Over): string {
  const what = kind === 'dimension' ? 'embedding dimension' : `${kind} model`;
  return `${what} empty: ${modelFlags[kind].flag} names one`;
}

let listing: Promise<readonly string[]> | undefined;

/** Judges and shields are no affair of the gateway's list. */
async function needsListed(kind: Over, model: string): Promise<void> {
  if (!['text', 'vision', 'embedding'].includes(kind)) return;
  listing ??= listedModels();
  const listed = await listing;
  if (!listed.includes(model))
    throw new Error(
      `the gateway does not list the ${kind} model ${model}; it lists ${listed.join(', ') || 'none'}`,
    );
}

async function listedModels(): Promise<readonly string[]> {
  const { status, body } = await ask('GET', '/models');
  if (status !== 200) throw new Error(`GET /v1/models of the gateway was answered with ${status}`);
  return body.data?.flatMap(({ id }: { readonly id?: string }) => id ?? []) ?? [];
}
