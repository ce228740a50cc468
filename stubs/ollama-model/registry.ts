import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Model, pulledModel } from './models.ts';

const manifestType = 'application/vnd.docker.distribution.manifest.v2+json';

interface Repository {
  readonly manifest: string;
  /** By digest. */
  readonly blobs: ReadonlyMap<string, Buffer>;
}

/** How a model is served, by its name. */
const manners = [
  // as Ollama's own registry does
  'lib/whole',
  // every connection ends after half of what is left of a long file
  'lib/cut',
  // with a byte that is wrong
  'lib/torn',
  // blobs without a redirect to another host
  'lib/direct',
  // to nobody
  'lib/locked',
] as const;

/** A registry of models like Ollama's own: manifests and blobs of the OCI distribution API, blobs on another host. */
export function modelRegistry() {
  const repositories = new Map<string, Repository>(
    manners.map((name) => [name, repositoryOf(pulledModel(name))]),
  );

  /** Whether the request was one for the registry. */
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const { host } = request.headers;
    const [path = ''] = (request.url ?? '').split('?');
    if (path === '/token') {
      failed(response, 401, 'UNAUTHORIZED');
      return true;
    }
    const [, kind, name = '', what, reference = ''] =
      /^\/(v2|files)\/(lib\/[^/]+)\/(manifests|blobs)\/([^/]+)$/.exec(path) ?? [];
    if (kind === undefined) return false;
    const repository = repositories.get(name);
    const bytes = repository?.blobs.get(reference);
    if (name === 'lib/locked') {
      const challenge = `Bearer realm="http://${host}/token",service="models",scope="repository:${name}:pull"`;
      failed(response.setHeader('www-authenticate', challenge), 401, 'UNAUTHORIZED');
    } else if (!repository) failed(response, 404, 'NAME_UNKNOWN');
    else if (what === 'manifests') {
      answer(response.setHeader('content-type', manifestType), repository.manifest, request);
    } else if (bytes === undefined) failed(response, 404, 'BLOB_UNKNOWN');
    else if (kind === 'v2' && name !== 'lib/direct' && request.method === 'GET') {
      const location = `http://${otherHost(request)}/files/${name}/blobs/${reference}`;
      response.writeHead(307, { location }).end();
    } else sendBlob(name, bytes, request, response);
    return true;
  };
}

/** Shape: image manifest of the OCI distribution API, with the media types of Ollama's registry. */
function repositoryOf(model: Model): Repository {
  const blobs = new Map<string, Buffer>();
  const layer = (mediaType: string, content: Buffer | string) => {
    const bytes = Buffer.from(content as string);
    const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  // Ollama takes a second for each, so there is no more than it needs.
  const layers = [layer('application/vnd.ollama.image.model', model.file)];
  const family = { model_format: 'gguf', model_family: 'llama', model_families: ['llama'], file_type: 'F32' };
  const rootfs = { type: 'layers', diff_ids: layers.map(({ digest }) => digest) };
  const config = layer(
    'application/vnd.docker.container.image.v1+json',
    JSON.stringify({ ...family, architecture: 'amd64', os: 'linux', rootfs }),
  );
  return { blobs, manifest: JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers }) };
}

/** Ollama follows redirects within a host by itself and, unlike a browser, asks the last answer where it was. */
function otherHost({ headers, socket }: IncomingMessage): string {
  const port = `:${socket.localPort}`;
  return /^127\./.test(headers.host ?? '') ? `localhost${port}` : `${socket.localAddress}${port}`;
}

function sendBlob(name: string, whole: Buffer, request: IncomingMessage, response: ServerResponse): void {
  const [, from = '0', to = `${whole.length - 1}`] =
    /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  let bytes = whole.subarray(Number(from), Number(to) + 1);
  if (name === 'lib/torn') bytes = Buffer.concat([bytes.subarray(0, -1), Buffer.from('~')]);
  if (request.headers.range) {
    response.statusCode = 206;
    response.setHeader('content-range', `bytes ${from}-${to}/${whole.length}`);
  }
  // Small files come whole, and so does what is left of a cut one.
  if (
    name === 'lib/cut' &&
    request.method === 'GET' &&
    bytes.length > whole.length / 2 &&
    whole.length > 4096
  ) {
    response.setHeader('content-length', bytes.length);
    response.write(bytes.subarray(0, bytes.length / 2 + 1), () => response.destroy());
  } else answer(response, bytes, request);
}

function answer(response: ServerResponse, body: Buffer | string, { method }: IncomingMessage): void {
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(method === 'HEAD' ? undefined : body);
}

/** Errors of the distribution API. */
function failed(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message: code.toLowerCase().replace('_', ' ') }] }));
}
