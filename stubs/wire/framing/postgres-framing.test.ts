import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Conversation } from '../conversation.ts';

function message(type: string, body = ''): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body, 'latin1')]);
}

function start(version: number, body = ''): Buffer {
  const code = Buffer.alloc(4);
  code.writeUInt32BE(version);
  return message('', code.toString('latin1') + body);
}

const wantsEncryption = start(80_877_103);
const session = start(196_608, 'user\0me\0\0');
const prepare = (operation: string) => [
  message('P', 'select $1'),
  message('B', `[[op=${operation}]]`),
  message('S'),
];

const asked = Buffer.concat([
  wantsEncryption,
  session,
  message('p', 'password'),
  ...prepare('one'),
  message('Q', 'copy t from stdin -- op=two '),
  message('d', 'rows'),
  message('c'),
  ...prepare('three'),
]);

const ok = message('Z', 'I');
const answers = [
  Buffer.from('N'),
  Buffer.concat([message('R', '0000'), message('S', 'a=b'), message('K', '12345678'), ok]),
  Buffer.concat([message('1'), message('2'), message('D', 'row one'), message('C', 'SELECT 1'), ok]),
  message('N', 'a notice that nobody asked for'),
  Buffer.concat([message('G', '..'), message('C', 'COPY 1'), ok]),
  Buffer.concat([message('2'), message('D', 'row three'), ok]),
];

function slices(bytes: Buffer, at: readonly number[]): Buffer[] {
  const places = [
    0,
    ...at.map((place) => place % (bytes.length + 1)).toSorted((a, b) => a - b),
    bytes.length,
  ];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

const cuts = fc.array(fc.nat({ max: 10_000 }), { maxLength: 20 });

test('each answer is paired with its request in any slicing, pipelined ones too', () => {
  fc.assert(
    fc.property(cuts, cuts, (first, second) => {
      const conversation = new Conversation();
      for (const slice of slices(asked, first)) conversation.fromClient(slice);
      expect(conversation.exchanges).toBe(4);
      const segments = slices(Buffer.concat(answers), second).flatMap((slice) =>
        conversation.fromTarget(slice),
      );
      expect(Buffer.concat(segments.map(({ bytes }) => bytes))).toEqual(Buffer.concat(answers));
      const begun = segments.filter((segment) => segment.first);
      expect(begun.map(({ exchange, operation }) => [exchange, operation])).toEqual([
        [1, undefined],
        [2, 'one'],
        [3, 'two'],
        [4, 'three'],
      ]);
      const third = segments.filter(({ exchange, part }) => exchange === 4 && part === 'payload');
      expect(Buffer.concat(third.map(({ bytes }) => bytes))).toEqual(answers[5]);
    }),
    { numRuns: 60 },
  );
});

test('a session that is encrypted is opaque', () => {
  const conversation = new Conversation();
  conversation.fromClient(wantsEncryption);
  expect(conversation.fromTarget(Buffer.from('S'))).toMatchObject([{ part: 'opaque' }]);
  expect(conversation.fromClient(Buffer.from([22, 3, 1, 0, 5]))).toMatchObject([{ part: 'opaque' }]);
});

test('bytes that only begin like a session are opaque', () => {
  const conversation = new Conversation();
  expect(conversation.fromClient(start(0x10203040))).toMatchObject([{ part: 'opaque', exchange: 1 }]);
});
