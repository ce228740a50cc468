import { crc32 } from 'node:zlib';

export type ZipMember = { readonly name: string; readonly data: Buffer };

const VERSION_2 = 20;
const UTF8_NAME = 0x0800;
// 1980-01-01 00:00, the first date that the format knows: the same members give the same bytes.
const DOS_TIME = 0;
const DOS_DATE = 0x0021;
const REGULAR_FILE_0644 = (0o100644 << 16) >>> 0;
const MADE_BY_UNIX = (3 << 8) | VERSION_2;

/**
 * A zip archive with its members stored, not compressed, in the order given (APPNOTE.TXT 6.3.10, no zip64:
 * under 65,536 members and 4 GiB).
 */
export function zip(members: readonly ZipMember[]): Buffer {
  const bodies: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const name = Buffer.from(member.name, 'utf8');
    const shared = sharedFields(member.data, name.length);
    const local = Buffer.concat([u32(0x04034b50), u16(VERSION_2), shared, u16(0), name, member.data]);
    entries.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(MADE_BY_UNIX),
        u16(VERSION_2),
        shared,
        u16(0), // extra field
        u16(0), // comment
        u16(0), // disk
        u16(0), // internal attributes
        u32(REGULAR_FILE_0644),
        u32(offset),
        name,
      ]),
    );
    bodies.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(entries);
  const count = u16(members.length);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(directory.length), u32(offset), u16(0)];
  return Buffer.concat([...bodies, directory, ...end]);
}

/** Flags to name length: the run of fields that local and central headers have in common. */
function sharedFields(data: Buffer, nameLength: number): Buffer {
  const size = u32(data.length);
  const stored = u16(0);
  return Buffer.concat([
    u16(UTF8_NAME),
    stored,
    u16(DOS_TIME),
    u16(DOS_DATE),
    u32(crc32(data)),
    size,
    size,
    u16(nameLength),
  ]);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
