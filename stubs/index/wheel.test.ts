import { createHash } from 'node:crypto';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { createIndex } from './server.ts';
import { buildWheel, normalizedName } from './wheel.ts';
import { buildPackages } from './wheels.ts';

const sample = () =>
  buildWheel({
    name: 'My.Pkg',
    version: '1.0',
    files: [
      { name: 'my_pkg/b.py', data: Buffer.from('B = 2\n') },
      { name: 'my_pkg/a.py', data: Buffer.from('A = 1\n') },
    ],
  });

/** Members by the central directory, read without the writer's code. */
function membersOf(zip: Buffer): Map<string, Buffer> {
  const end = zip.length - 22;
  expect(zip.readUInt32LE(end)).toBe(0x06054b50);
  const members = new Map<string, Buffer>();
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const nameLength = zip.readUInt16LE(at + 28);
    const start = zip.readUInt32LE(at + 42);
    const data = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    members.set(
      zip.toString('utf8', at + 46, at + 46 + nameLength),
      zip.subarray(data, data + zip.readUInt32LE(at + 24)),
    );
    at += 46 + nameLength;
  }
  return members;
}

test('a wheel lists every file in RECORD with its hash and size', () => {
  const members = membersOf(sample().data);
  const record = String(members.get('My_Pkg-1.0.dist-info/RECORD')).trimEnd().split('\n');
  expect(record).toHaveLength(members.size);
  expect(record.at(-1)).toBe('My_Pkg-1.0.dist-info/RECORD,,');
  for (const line of record.slice(0, -1)) {
    const [name = '', hash, size] = line.split(',');
    const data = members.get(name) ?? Buffer.alloc(0);
    expect([hash, size]).toEqual([
      `sha256=${createHash('sha256').update(data).digest('base64url')}`,
      String(data.length),
    ]);
  }
});

test('the same sources give the same bytes', () => {
  expect(sample().filename).toBe('My_Pkg-1.0-py3-none-any.whl');
  expect(sample().data.equals(sample().data)).toBe(true);
  expect(createHash('sha256').update(sample().data).digest('hex')).toBe(
    'bef8c3a638708e5115d401913ae826b99fd510366a1cb628ade79a56043aa9c5',
  );
});

test('project names are normalised', () => {
  expect(normalizedName('Gauntlet_Pipe..Kit')).toBe('gauntlet-pipe-kit');
});

test('the index links the wheel with its hash and serves it', async () => {
  const index = createIndex(await buildPackages(path.join(import.meta.dirname, 'packages')));
  const listing = await index.inject('/simple/Gauntlet_Pipe_Kit/');
  const [, href = '', hash] = /href="([^"#]+)#sha256=([0-9a-f]{64})"/.exec(listing.body) ?? [];
  const file = await index.inject(href);
  expect(createHash('sha256').update(file.rawPayload).digest('hex')).toBe(hash);
  expect(membersOf(file.rawPayload).has('gauntlet_pipe_kit/__init__.py')).toBe(true);
  expect((await index.inject('/simple/unknown/')).statusCode).toBe(404);
});
