import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Conversation } from '../conversation.ts';
import { request } from '../test-wire.ts';
import type { Piece } from './framing.ts';
import { HttpFraming } from './http-framing.ts';

const chunked = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n 0123\r\n\r\n9\r\n0\r\nt: 1\r\n\r\n',
  'HTTP/1.1 204 No Content\r\n\r\n',
  'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
  'HTTP/1.1 200 OK\r\n\r\nuntil the end',
].join('');

/** Cuts bytes at the given places. */
function slices(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  return places.slice(1).map((place, index) => bytes.subarray(places[index], place));
}

function piecesOf(framing: HttpFraming, bytes: Buffer): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < bytes.length; ) {
    const piece = framing.next(bytes.subarray(at));
    at += piece.bytes.length;
    pieces.push(piece);
  }
  return pieces;
}

const cuts = fc.array(fc.nat({ max: 10_000 }), { maxLength: 30 });

function payload(pieces: readonly Piece[]): string {
  return pieces.map(({ part, bytes, end }) => (part === 'payload' ? bytes : '') + (end ? '|' : '')).join('');
}

test('heads, bodies and chunks are told apart in any slicing, and no byte is lost', () => {
  fc.assert(
    fc.property(cuts, (places) => {
      const framing = new HttpFraming('response');
      const pieces = slices(Buffer.from(chunked), places).flatMap((slice) => piecesOf(framing, slice));
      expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()).toBe(chunked);
      expect(payload(pieces)).toBe('|hello 0123\r\n\r\n9||abc|until the end');
      expect(framing.opaque).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('another protocol is opaque from its first byte', () => {
  const framing = new HttpFraming('request');
  const startup = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
  expect(framing.next(startup)).toMatchObject({ part: 'opaque', bytes: startup });
});

test('a broken chunk size makes the rest opaque and loses nothing', () => {
  const framing = new HttpFraming('response');
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nhello';
  const pieces = piecesOf(framing, Buffer.from(text));
  expect(Buffer.concat(pieces.map(({ bytes }) => bytes)).toString()).toBe(text);
  expect(pieces.at(-1)?.part).toBe('opaque');
});

test('pipelined requests and their answers are paired in any slicing', () => {
  const asked = Buffer.from(request('one') + request('two') + request('three'));
  const answered = Buffer.from(
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3',
  );
  fc.assert(
    fc.property(cuts, cuts, (first, second) => {
      const conversation = new Conversation();
      for (const slice of slices(asked, first)) conversation.fromClient(slice);
      const segments = slices(answered, second).flatMap((slice) => conversation.fromTarget(slice));
      const seen = segments
        .filter(({ head }) => head)
        .map(({ exchange, operation }) => [exchange, operation]);
      expect(seen).toEqual([
        [1, 'one'],
        [2, 'two'],
        [2, 'two'],
        [3, 'three'],
      ]);
    }),
    { numRuns: 60 },
  );
});

test('after an upgrade both directions are turns of opaque bytes', () => {
  const conversation = new Conversation();
  const ask = 'GET / HTTP/1.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n';
  conversation.fromClient(Buffer.from(ask));
  const answer = 'HTTP/1.1 101 Switching Protocols\r\n\r\n\u0081\u0005hello';
  const first = conversation.fromTarget(Buffer.from(answer, 'latin1'));
  expect(first.map(({ part }) => part)).toEqual(['head', 'opaque']);
  const [frame] = conversation.fromClient(Buffer.from([0x81, 0x80, 1, 2, 3, 4]));
  expect(frame).toMatchObject({ part: 'opaque', exchange: 2 });
});
