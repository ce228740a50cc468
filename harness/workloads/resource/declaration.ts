import type { Json, JsonRecord } from '../../plan/json.ts';
import type { FaultAllowance } from '../../plan/workload-shape.ts';
import type { Answer } from '../workload.ts';

/**
 * A collection of items behind routes. Requests are written `POST /notes`, several methods of one path `GET|PATCH|DELETE /notes/{id}`.
 * What is left out here, or not found on a subject when it is asked once, is neither asked nor judged.
 */
export interface ResourceDeclaration {
  readonly name: string;
  /** The service of compose.yaml that a subject stands in for. */
  readonly service: string;
  readonly summary: string;
  /** Makes an item. */
  readonly collection: string;
  /** Reads, changes and deletes one. `{ids}` instead of `{id}` where several can be read at once. */
  readonly item: string | readonly string[];
  /** Shows all of an owner. */
  readonly list: string;
  /** Deletes all of an owner. */
  readonly clear?: string;
  /** Each is a register of its own; the first is a text. */
  readonly fields: Readonly<Record<string, ResourceField>>;
  /** How a request says whose it is: in the query (of requests without a body), in the body, in a header. Owners are UUIDs. */
  readonly owner: { readonly query?: string; readonly body?: string; readonly header?: string };
  /** Where the answer to a creation has the id: a property of the item (default `id`), or the end of its `Location`. */
  readonly id?: string;
  /** The property of answers that holds several items; default: the answer is the list. */
  readonly items?: string;
  /**
   * Order of lists; items made within `withinMs` (default 2) of each other may stand either way. A subject with another order
   * is judged without one, unless it is `promised`.
   */
  readonly order?: {
    readonly by: 'newest-first' | 'oldest-first';
    readonly withinMs?: number;
    readonly promised?: true;
  };
  /** How many items an owner may have; the oldest are dropped. A name is that of a setting of the stack. */
  readonly cap?: number | { readonly setting: string; readonly default: number };
  /** Where the number of items is told: a property of the answers to lists or creations, or a header of lists. */
  readonly total?: { readonly list?: string; readonly header?: string; readonly creation?: string };
  readonly page?: OffsetPage | CursorPage;
  /** Finds items by a word in a field, such as `GET /notes/search?q={word}`; shows these fields. */
  readonly search?: { readonly request: string; readonly fields: readonly string[] };
  /** Several items in one request, all or nothing. */
  readonly batch?: { readonly request: string; readonly items: string };
  /** The header under which a creation is made once; `same-body`: a creation sent again is the same one. */
  readonly idempotencyKey?: string;
  /** Answers to reads of an item carry an ETag, changes heed If-Match. */
  readonly etag?: boolean;
  /** What a second deletion answers: 404 (`once`, the default), or the same again (`always`). */
  readonly deletes?: 'once' | 'always';
  /** Where creation is not a JSON object of the fields. */
  readonly creation?: Creation;
  /** Query parameters of lists that ask for everything. */
  readonly everything?: Readonly<Record<string, string>>;
  readonly faults?: FaultAllowance;
  /** Links for the wire, see {@link Workload.links}. */
  readonly links?: readonly string[];
  /** Other names for operations and keys, so that plans read in the service's own words. */
  readonly words?: Readonly<Partial<Record<Word, string>>>;
}

export interface ResourceField {
  readonly kind: 'text' | 'number';
  /** What an item has that was made without it; a field without one is always sent. */
  readonly default?: Json;
  /** It cannot be changed. */
  readonly fixed?: true;
}

export interface OffsetPage {
  readonly limit: string;
  readonly offset: string;
}

/** The next page is at the property `next` of the answer, sent as `cursor`. */
export interface CursorPage {
  readonly limit: string;
  readonly cursor: string;
  readonly next: string;
}

export interface Creation {
  /** The body for some items; more than one only where a batch is declared. */
  body(items: readonly JsonRecord[]): JsonRecord;
  /** Items in the answer, in the order in which they were sent. */
  made(answer: Answer): readonly JsonRecord[];
}

export type Word =
  | 'edit'
  | 'edit-if'
  | 'read'
  | 'find'
  | 'search'
  | 'search-all'
  | 'delete'
  | 'intrude'
  | 'create'
  | 'create-many'
  | 'create-again'
  | 'list'
  | 'walk'
  | 'remove'
  | 'clear'
  | 'fill'
  | 'item1'
  | 'item2'
  | 'all'
  | 'again'
  | 'again2'
  | 'full';
