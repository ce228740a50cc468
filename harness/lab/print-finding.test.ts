import { expect, test } from '@jest/globals';
import { checkHistory } from '../history/checkers.ts';
import { Recording } from '../history/simulation/recording.ts';
import { verdictText } from './print-finding.ts';

test('of a request with parts only the one is shown that the verdict speaks of, of others the first', () => {
  const recording = new Recording([{ checker: 'stale-read' }]);
  const parts = (client: number, does: 'write' | 'read', request: string, title: string, text: string) => {
    for (const [key, value] of Object.entries({ title, text })) {
      const asked = does === 'write' ? { key, value } : { key };
      recording.ok(client, does, { ...asked, partOf: request }, does === 'read' ? { value } : {});
    }
  };
  parts(1, 'write', 'first', 'a', 'b');
  parts(1, 'write', 'second', 'c', 'd');
  parts(2, 'read', 'look', 'c', 'b');
  const { history } = recording;
  const text = verdictText('notes', { history, judgement: checkHistory(history) });
  expect(text.match(/(read|write) "(title|text)"/g)).toEqual(['write "text"', 'write "text"', 'read "text"']);
});
