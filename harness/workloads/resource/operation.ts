import type fc from 'fast-check';
import type { JsonRecord } from '../../plan/json.ts';
import {
  type Answer,
  type Client,
  type Completion,
  completionOf,
  type Operation,
  type PartCompletion,
  type PartMeaning,
} from '../workload.ts';
import type { ResourceDeclaration, Word } from './declaration.ts';
import type { Offered } from './offered.ts';
import type { KeyWord, ResourceRun } from './run.ts';

/** Something that clients do with a resource. */
export interface ResourceOperation {
  readonly word: Word;
  /** It changes nothing; default: it does. */
  readonly reads?: true;
  /** How often, beside the others. */
  readonly weight: number;
  readonly keys: readonly KeyWord[];
  /** Whether the declaration has it and the subject offers it. */
  isOffered(declaration: ResourceDeclaration, offered: Offered): boolean;
  args?(declaration: ResourceDeclaration, offered: Offered): fc.Arbitrary<JsonRecord>;
  meaning(operation: Operation, run: ResourceRun): readonly PartMeaning[];
  perform(operation: Operation, client: Client, run: ResourceRun): Promise<Completion>;
}

/** The part of a request that is about the life of its item; no field is called like that. */
export const life = '@life';

/** There is no such item, or no longer. */
export const isGone = ({ status }: Answer): boolean => status === 404 || status === 410;

/** An answer that says that the item is not there: whatever was asked for was not done. */
export const goneCompletion = (answer: Answer): Completion => ({
  ...completionOf(answer),
  type: 'fail',
  parts: { [life]: { type: 'ok', value: false } },
});

/** Done, with what parts saw. */
export const done = (parts: Readonly<Record<string, PartCompletion>>): Completion => ({ type: 'ok', parts });

/** What every operation of a key says: whose it is. */
export const about = (operation: Operation, run: ResourceRun) => ({
  key: operation.key,
  tenant: run.tenantOf(operation.key),
});
