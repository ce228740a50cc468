import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { modelRegistry } from './registry.ts';

interface Described {
  readonly digest: string;
  readonly size: number;
}

let server: Server;
let base: string;

beforeAll(async () => {
  const registry = modelRegistry();
  server = createServer((request, response) => {
    if (!registry(request, response)) response.writeHead(418).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function layerOf(name: string): Promise<Described & { readonly path: string }> {
  const manifest = (await (await fetch(`${base}/v2/lib/${name}/manifests/latest`)).json()) as {
    layers: readonly Described[];
  };
  const [layer] = manifest.layers;
  if (!layer) throw new Error('a manifest without layers');
  return { ...layer, path: `/lib/${name}/blobs/${layer.digest}` };
}

const sha256 = (bytes: ArrayBuffer) =>
  `sha256:${createHash('sha256').update(new Uint8Array(bytes)).digest('hex')}`;

test('a blob is where the redirect points, on another host, with the digest and size of the manifest', async () => {
  const { digest, size, path } = await layerOf('whole');
  const redirect = await fetch(`${base}/v2${path}`, { redirect: 'manual' });
  const location = new URL(redirect.headers.get('location') ?? '');
  expect([redirect.status, location.hostname, location.pathname]).toEqual([
    307,
    'localhost',
    `/files${path}`,
  ]);
  const bytes = await (await fetch(`${base}/files${path}`)).arrayBuffer();
  expect([sha256(bytes), bytes.byteLength]).toEqual([digest, size]);
  const head = await fetch(`${base}/v2${path}`, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)]);
});

test('a range is that part of it', async () => {
  const { size, path } = await layerOf('whole');
  const part = await fetch(`${base}/files${path}`, { headers: { range: 'bytes=0-3' } });
  expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([
    206,
    `bytes 0-3/${size}`,
    'GGUF',
  ]);
});

test('a cut model breaks off at the half, and the rest of it comes', async () => {
  const { size, path } = await layerOf('cut');
  const cut = await fetch(`${base}/files${path}`);
  await expect(cut.arrayBuffer()).rejects.toThrow();
  const from = Math.ceil(size / 2) + 1;
  const rest = await fetch(`${base}/files${path}`, { headers: { range: `bytes=${from}-${size - 1}` } });
  expect((await rest.arrayBuffer()).byteLength).toBe(size - from);
});

test('a torn model has another digest, a direct one no redirect, a locked one a challenge, and the others are not there', async () => {
  const torn = await layerOf('torn');
  expect(sha256(await (await fetch(`${base}/files${torn.path}`)).arrayBuffer())).not.toBe(torn.digest);
  const direct = await layerOf('direct');
  expect((await fetch(`${base}/v2${direct.path}`, { redirect: 'manual' })).status).toBe(200);
  const locked = await fetch(`${base}/v2/lib/locked/manifests/latest`);
  expect([locked.status, locked.headers.get('www-authenticate')]).toEqual([
    401,
    expect.stringContaining(`realm="${base}/token"`),
  ]);
  expect((await fetch(`${base}/token?scope=any`)).status).toBe(401);
  expect((await fetch(`${base}/v2/lib/other/manifests/latest`)).status).toBe(404);
  expect((await fetch(`${base}/health`)).status).toBe(418);
});
