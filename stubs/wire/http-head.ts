/** The first line and the fields of an HTTP/1.x message. Names are in lower case; repeated fields are joined by commas. */
export interface Head {
  readonly method?: string;
  readonly status?: number;
  readonly fields: ReadonlyMap<string, string>;
  readonly bytes: Buffer;
}

const requestLine = /^([A-Z]+) \S+ HTTP\/1\.[01]$/;
const statusLine = /^HTTP\/1\.[01] (\d{3})(?: .*)?$/;

/** Reads a head, blank line included (RFC 9112 §2); `undefined` when it is none of HTTP/1.x. */
export function parseHead(kind: 'request' | 'response', bytes: Buffer): Head | undefined {
  const [first = '', ...lines] = bytes.toString('latin1').split('\r\n');
  const found = (kind === 'request' ? requestLine : statusLine).exec(first)?.[1];
  if (found === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const name = line.slice(0, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = fields.get(name);
    fields.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { ...(kind === 'request' ? { method: found } : { status: Number(found) }), fields, bytes };
}

export type BodyLength = number | 'chunked' | 'until-close' | 'tunnel' | 'unknown';

/** How long the body after a head is (RFC 9112 §6.3); `tunnel`: no more messages follow, only bytes. */
export function bodyLength(head: Head, requestMethod: string | undefined): BodyLength {
  const { status = 0 } = head;
  if (head.method === undefined) {
    if (status === 101 || (requestMethod === 'CONNECT' && status >= 200 && status < 300)) return 'tunnel';
    if (requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304) return 0;
  }
  const coding = head.fields.get('transfer-encoding')?.toLowerCase();
  if (coding !== undefined) return coding === 'chunked' ? 'chunked' : 'unknown';
  const length = head.fields.get('content-length');
  if (length !== undefined) return /^\d{1,15}$/.test(length) ? Number(length) : 'unknown';
  return head.method === undefined ? 'until-close' : 0;
}

/** The same head with a chunked body instead of one of known length. */
export function chunkedHead(head: Head): Buffer {
  const lines = head.bytes.toString('latin1').split('\r\n');
  const kept = lines.filter((line) => !/^content-length\s*:/i.test(line));
  kept.splice(1, 0, 'Transfer-Encoding: chunked');
  return Buffer.from(kept.join('\r\n'), 'latin1');
}
