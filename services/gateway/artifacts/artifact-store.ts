import type { Sql, TransactionSql } from '../../kit/database.ts';
import { type Artifact, digestOf, newArtifactId } from './artifact.ts';

/** What one tenant may have at a time. */
export interface ArtifactQuota {
  readonly maxBytes: number;
  readonly maxCount: number;
}

export interface NewArtifact {
  readonly displayName: string;
  readonly mimeType: string;
  readonly bytes: Buffer;
  readonly ttlSeconds: number;
}

interface Row {
  readonly id: string;
  readonly display_name: string;
  readonly mime_type: string;
  readonly size: number;
  readonly sha256: string;
  readonly ttl_seconds: number;
  readonly created_at: Date;
}

/** Of what has expired, so much goes with each new artifact. */
const sweptAtOnce = 20;

/**
 * Stores an artifact, unless the tenant would have more than its quota: then undefined. An advisory lock lines up the
 * stores of one tenant, so that the quota holds whichever workers they come in through. It is had when the bytes are
 * there already: what waits for it waits for no transfer.
 */
export async function storeArtifact(
  sql: Sql,
  tenant: string,
  { displayName, mimeType, bytes, ttlSeconds }: NewArtifact,
  quota: ArtifactQuota,
): Promise<Artifact | undefined> {
  // Without the lock, so that nobody writes on and on what is refused in the end.
  if (!(await hasRoom(sql, tenant, quota, { count: 1, bytes: bytes.length }))) return undefined;
  return sql
    .begin(async (tx) => {
      const [row] = await tx<[Row]>`
        insert into artifacts (id, tenant, display_name, mime_type, bytes, sha256, ttl_seconds, expires_at)
        values (${newArtifactId()}, ${tenant}, ${displayName}, ${mimeType}, ${bytes}, ${digestOf(bytes)},
          ${ttlSeconds}, clock_timestamp() + make_interval(secs => ${ttlSeconds}))
        returning id, display_name, mime_type, octet_length(bytes) as size, sha256, ttl_seconds, created_at`;
      await tx`select pg_advisory_xact_lock(hashtextextended(${`artifacts:${tenant}`}, 0))`;
      if (!(await hasRoom(tx, tenant, quota, { count: 0, bytes: 0 }))) throw new NoRoom();
      await tx`
        delete from artifacts where id in (
          select id from artifacts where expires_at <= clock_timestamp()
          order by expires_at limit ${sweptAtOnce} for update skip locked
        )`;
      return artifactOf(row);
    })
    .catch((error: unknown) => {
      if (error instanceof NoRoom) return undefined;
      throw error;
    });
}

/** Rolls a store back. */
class NoRoom extends Error {}

/** Whether a tenant would be within its quota with so much more. */
async function hasRoom(
  sql: Sql | TransactionSql,
  tenant: string,
  { maxBytes, maxCount }: ArtifactQuota,
  more: { readonly count: number; readonly bytes: number },
): Promise<boolean> {
  const [row] = await sql<[{ fits: boolean }]>`
    select count(*) + ${more.count} <= ${maxCount}
      and coalesce(sum(octet_length(bytes)), 0) + ${more.bytes} <= ${maxBytes} as fits
    from artifacts where tenant = ${tenant} and expires_at > clock_timestamp()`;
  return row.fits;
}

/** A tenant's own artifact with its bytes, as long as it lasts. */
export async function readArtifact(
  sql: Sql,
  tenant: string,
  id: string,
): Promise<
  { readonly artifact: Artifact; readonly bytes: Buffer; readonly leftSeconds: number } | undefined
> {
  const [row] = await sql<(Row & { readonly bytes: Buffer; readonly left: number })[]>`
    select id, display_name, mime_type, octet_length(bytes) as size, sha256, ttl_seconds, created_at, bytes,
      floor(extract(epoch from expires_at - clock_timestamp()))::int as left
    from artifacts where id = ${id} and tenant = ${tenant} and expires_at > clock_timestamp()`;
  return row && { artifact: artifactOf(row), bytes: row.bytes, leftSeconds: row.left };
}

/** True when there was one to delete. */
export async function deleteArtifact(sql: Sql, tenant: string, id: string): Promise<boolean> {
  const deleted = await sql`
    delete from artifacts where id = ${id} and tenant = ${tenant} and expires_at > clock_timestamp() returning id`;
  return deleted.length > 0;
}

function artifactOf(row: Row): Artifact {
  return {
    id: row.id,
    displayName: row.display_name,
    mimeType: row.mime_type,
    sizeBytes: row.size,
    sha256: row.sha256,
    createdAt: row.created_at,
    ttlSeconds: row.ttl_seconds,
  };
}
