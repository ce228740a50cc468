/**
 * @uses open-webui
 * @uses litellm
 */
import { afterAll, beforeAll, test } from '@jest/globals';
import { forgetPerson } from './open-webui-person.ts';
import { beginAll, type Cell, cellsOf } from './truth.ts';

const cells = cellsOf('Open WebUI, pipe to gateway', 'Open WebUI to LiteLLM');
let outcomeOf: (cell: Cell) => Promise<void>;

beforeAll(() => {
  outcomeOf = beginAll(cells);
});
afterAll(() => forgetPerson(), 30_000);

// covers 000/upstream-streaming
test.each(cells)('a stream by way of %s', async (...cell) => await outcomeOf(cell));
