/**
 * @uses litellm
 * @uses ollama
 */
import { beforeAll, test } from '@jest/globals';
import { beginAll, type Cell, cellsOf } from './truth.ts';

const cells = cellsOf('LiteLLM', 'LiteLLM, responses', 'LiteLLM, messages', 'LiteLLM to Ollama');
let outcomeOf: (cell: Cell) => Promise<void>;

beforeAll(() => {
  outcomeOf = beginAll(cells);
});

// covers 000/upstream-streaming
test.each(cells)('a stream by way of %s', async (...cell) => await outcomeOf(cell));
