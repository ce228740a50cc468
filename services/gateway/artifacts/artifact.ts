import { createHash, randomBytes } from 'node:crypto';

/** A file that a caller can fetch for some time. Times are of the database. */
export interface Artifact {
  readonly id: string;
  readonly displayName: string;
  readonly mimeType: string;
  readonly sizeBytes: number;
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
  readonly createdAt: Date;
  readonly ttlSeconds: number;
}

/** Not to be guessed: whoever has no key is kept apart by nothing else. */
export const newArtifactId = (): string => `artf_${randomBytes(16).toString('hex')}`;

export const isArtifactId = (id: string): boolean => /^artf_[0-9a-f]{32}$/.test(id);

export const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** How chat messages and this API describe an artifact. */
export function describeArtifact(artifact: Artifact) {
  return {
    id: artifact.id,
    object: 'artifact' as const,
    type: typeOf(artifact.mimeType),
    mime_type: artifact.mimeType,
    display_name: artifact.displayName,
    size_bytes: artifact.sizeBytes,
    sha256: artifact.sha256,
    created_at: artifact.createdAt.toISOString(),
    ttl_seconds: artifact.ttlSeconds,
    url: `/v1/artifacts/${artifact.id}`,
  };
}

function typeOf(mimeType: string): 'image' | 'dataset' | 'file' | 'binary' {
  if (mimeType.startsWith('image/')) return 'image';
  if (
    /^(?:text\/csv|text\/tab-separated-values|application\/(?:json|x-ndjson|vnd\.apache\.parquet))$/.test(
      mimeType,
    )
  )
    return 'dataset';
  return mimeType === 'application/octet-stream' ? 'binary' : 'file';
}

/** The media type of a Content-Type header, with its charset if it has one; anything odd is bytes. */
export function mimeTypeOf(header: string | undefined): string {
  const found = /^([\w.+-]{1,60}\/[\w.+-]{1,60})(?:\s*;\s*charset=([\w-]{1,40}))?\s*(?:;|$)/i.exec(
    header ?? '',
  );
  if (found === null) return 'application/octet-stream';
  const [, type = '', charset] = found;
  return charset === undefined
    ? type.toLowerCase()
    : `${type.toLowerCase()}; charset=${charset.toLowerCase()}`;
}

/**
 * `Content-Disposition` that keeps the name whatever is in it (RFC 6266, RFC 8187). Always an attachment: a file of a
 * caller must not run as a page of this service.
 */
export function dispositionOf(displayName: string): string {
  const plain = displayName.replaceAll(/[^\w.\- ]/g, '_');
  const encoded = encodeURIComponent(displayName).replaceAll(
    /['()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
