import axios from 'axios';
import { service } from '../../harness/suite/stack.ts';

/** An answer of the artifact routes, its body as bytes. */
export interface ArtifactAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly bytes: Buffer;
  json(): Record<string, unknown>;
}

/** Sends a request with the key of a caller. */
export async function ask(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  key: string,
  body?: Buffer,
  contentType = 'application/octet-stream',
): Promise<ArtifactAnswer> {
  const { status, headers, data } = await axios.request<ArrayBuffer>({
    method,
    url: `${service('gateway').url}/v1/artifacts${path}`,
    headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': contentType } : {}) },
    ...(body ? { data: body } : {}),
    responseType: 'arraybuffer',
    timeout: 30_000,
    validateStatus: () => true,
  });
  const bytes = Buffer.from(data);
  return { status, headers: { ...headers }, bytes, json: () => JSON.parse(bytes.toString('utf8')) };
}
