import { type Answer, completionOf, type Operation } from '../workload.ts';
import { orderOf } from './collection-operations.ts';
import { isDone } from './made.ts';
import { about, done, type ResourceOperation } from './operation.ts';
import { elementIn, type ResourceRun } from './run.ts';

/** Pages are so short that a few items need several. */
const pageSize = 2;
const mostPages = 60;

/** All pages, one after the other. */
export const walk: ResourceOperation = {
  word: 'walk',
  reads: true,
  weight: 1,
  keys: ['all'],
  isOffered: ({ page }, offered) => page !== undefined && offered.has('walk'),
  meaning: (operation, run) => {
    const { page = { cursor: '' } } = run.declaration;
    const paging = 'cursor' in page ? 'cursor' : 'offset';
    return [{ ...about(operation, run), part: 'walk', does: 'walk', args: { paging, ...orderOf(run) } }];
  },
  perform: async (operation, client, run) => {
    const elements: string[] = [];
    let place: string | undefined = '0';
    for (let page = 0; place !== undefined; page += 1) {
      if (page === mostPages) return { type: 'unknown', error: `no end after ${mostPages} pages` };
      const answer = await client.request(pageAt(operation, run, page, place));
      if (!isDone(answer)) return completionOf(answer);
      const items = run.api.itemsIn(answer);
      elements.push(...items.map((item) => elementIn(run, item)));
      place = nextPlace(run, answer, items.length, elements.length);
    }
    return done({ walk: { value: elements } });
  },
};

function pageAt({ key }: Operation, run: ResourceRun, page: number, place: string) {
  const { page: kind } = run.declaration;
  const owner = run.ownerOf(key);
  if (!kind) return run.api.list(owner);
  const size = { [kind.limit]: `${pageSize}` };
  if ('offset' in kind) return run.api.list(owner, { ...size, [kind.offset]: place });
  return run.api.list(owner, page === 0 ? size : { ...size, [kind.cursor]: place });
}

/** Where the next page begins; undefined behind the last. */
function nextPlace(run: ResourceRun, answer: Answer, shown: number, before: number): string | undefined {
  const { page } = run.declaration;
  if (!page || 'offset' in page) return shown < pageSize ? undefined : `${before}`;
  const next = answer.json<Readonly<Record<string, unknown>>>()[page.next];
  return typeof next === 'string' || typeof next === 'number' ? `${next}` : undefined;
}
