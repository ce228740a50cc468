import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import postgres from 'postgres';

/** What the server was asked, with the number of the connection. */
let asked: string[];
let server: Server;
let sql: postgres.Sql;

beforeEach(async () => {
  asked = [];
  let connections = 0;
  server = createServer((socket) => {
    connections += 1;
    serve(socket, connections);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // The types do not know the length of a connection's queue.
  const options = { max: 1, max_pipeline: 1, fetch_types: false };
  sql = postgres({ host: '127.0.0.1', port, user: 'u', ...options });
});

afterEach(async () => {
  await sql.end({ timeout: 0 });
  server.close();
});

/** As much of PostgreSQL's protocol as queries without parameters and rows need. Ends the connection at the query `die`. */
function serve(socket: Socket, connection: number): void {
  let isBegun = false;
  let rest = Buffer.alloc(0);
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    if (!isBegun) {
      rest = rest.subarray(rest.readInt32BE(0));
      isBegun = true;
      socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready('I')]));
    }
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const [kind, end] = [String.fromCharCode(rest[0] as number), rest.readInt32BE(1) + 1];
      const body = rest.subarray(5, end).toString();
      rest = rest.subarray(end);
      // A query, or a parse message with the name of the statement and the query; it is answered at its sync.
      if (kind === 'Q' || kind === 'P') {
        text = body.split('\0')[kind === 'Q' ? 0 : 1] ?? '';
        asked.push(`${connection} ${text.trim()}`);
      }
      if (text === 'die') return void socket.destroy();
      const done = [message('C', Buffer.from('SELECT 0\0')), ready(/^(begin|in )/.test(text) ? 'T' : 'I')];
      const prepared = [message('1'), message('t', Buffer.alloc(2)), message('n'), message('2')];
      if (kind === 'Q') socket.write(Buffer.concat(done));
      if (kind === 'S') socket.write(Buffer.concat([...prepared, ...done]));
    }
  });
}

const ready = (state: string) => message('Z', Buffer.from(state));

function message(kind: string, body = Buffer.alloc(0)): Buffer {
  const head = Buffer.from(`${kind}0000`);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

test('a transaction whose connection is lost fails, and the connection comes back', async () => {
  const lost = sql.begin(async (transaction) => {
    await transaction.unsafe('die');
  });
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  await sql.unsafe('after');
  expect(asked).toEqual(['1 begin', '1 die', '2 after']);
});

test('a transaction that goes on without its connection says nothing on that of another', async () => {
  const outcomes: string[] = [];
  const lost = sql.begin(async (transaction) => {
    const say = (text: string) =>
      transaction.unsafe(text).then(
        () => 'done',
        ({ code }) => code,
      );
    outcomes.push(await say('die'));
    outcomes.push(await say('in the gap'));
    await sql.begin(async (other) => {
      await other.unsafe('in the other');
      outcomes.push(await say('in the wrong one'));
    });
  });
  await expect(lost).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
  // The transaction inside has its own end, of which the lost one hears nothing.
  await sql.unsafe('after');
  expect(outcomes).toEqual(['CONNECTION_CLOSED', 'CONNECTION_CLOSED', 'CONNECTION_CLOSED']);
  expect(asked).toEqual(['1 begin', '1 die', '2 begin', '2 in the other', '2 commit', '2 after']);
});

test('a transaction has its connection for itself, also where that takes no more queries', async () => {
  await sql.unsafe('first');
  await Promise.all([
    sql.unsafe('before').execute(),
    sql.begin(async (transaction) => {
      await transaction.unsafe('in first');
      await transaction.unsafe('in second');
    }),
    sql.unsafe('beside'),
  ]);
  const words = asked.map((each) => each.slice(2));
  const at = words.indexOf('begin');
  expect(words.slice(at, at + 4)).toEqual(['begin', 'in first', 'in second', 'commit']);
  expect(words).toHaveLength(7);
});
