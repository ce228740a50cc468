import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { buildImage } from '../../images/build-image.ts';
import { contentTag } from '../../images/content-tag.ts';
import { packageRoot } from '../../stack/process/launch.ts';
import { projectName } from '../../stack/remove-run.ts';
import { runId } from '../stack.ts';
import { until } from '../until.ts';

/** A registry of the distribution project in a container of the run. */
export interface ImageRegistry {
  /** `127.0.0.1:PORT`, or with TLS the engine's bridge: an engine trusts loopback addresses without a certificate. */
  readonly host: string;
  /** The authority that signed its certificate, with TLS. */
  readonly authority?: string;
  remove(): Promise<void>;
}

export interface RegistryOptions {
  /** `user:password` that it asks for. */
  readonly login?: string;
  readonly tls?: true;
}

/** An image with one file and nothing that runs. */
export interface SmallImage {
  /** `config` fields as a Dockerfile writes them, such as `USER 1000`. */
  readonly changes: readonly string[];
  readonly file: { readonly path: string; readonly text: string };
}

const boundMs = 60_000;

export async function docker(...args: readonly string[]): Promise<string> {
  return (await execa('docker', args, { timeout: boundMs })).stdout.trim();
}

/** The image of the registry, built at the first call. */
export async function registryImage(onLine: (line: string) => void, caBundle?: string): Promise<string> {
  const context = join(packageRoot, 'docker/registry');
  const content = { context, dockerfile: join(context, 'Dockerfile'), inputs: ['start.sh'], args: {} };
  const tag = await contentTag(content);
  const reference = `gauntlet/registry:${tag}`;
  const isThere = (await execa('docker', ['image', 'inspect', reference], { reject: false })).exitCode === 0;
  if (!isThere) await buildImage('gauntlet/registry', tag, content, { onLine, caBundle });
  return reference;
}

/** Starts a registry, which ends with the run at the latest. */
export async function startRegistry(image: string, { login, tls }: RegistryOptions): Promise<ImageRegistry> {
  const address = tls
    ? await docker('network', 'inspect', 'bridge', '--format', '{{(index .IPAM.Config 0).Gateway}}')
    : '127.0.0.1';
  const labels = [
    `com.docker.compose.project=${projectName(runId())}`,
    'com.docker.compose.service=registry',
  ];
  const id = await docker(
    ...['run', '--detach', '--init', '--publish', `${address}::5000`],
    ...labels.flatMap((label) => ['--label', label]),
    ...(login ? ['--env', `REGISTRY_LOGIN=${login}`] : []),
    ...(tls ? ['--env', `TLS_ADDRESS=${address}`] : []),
    image,
  );
  const host = `${address}:${(await docker('port', id, '5000')).split(':').at(-1)}`;
  await until('a registry that answers', () => answers(host, tls ?? false), boundMs);
  return {
    host,
    ...(tls ? { authority: await docker('exec', id, 'cat', '/registry/ca.crt') } : {}),
    remove: async () => {
      await execa('docker', ['rm', '--force', '--volumes', id], { reject: false, timeout: boundMs });
    },
  };
}

/** Puts an image into a registry and returns its digest there; the engine keeps nothing of it. */
export async function pushImage(reference: string, image: SmallImage): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  try {
    const path = join(folder, 'root', image.file.path);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, image.file.text, { mode: 0o755 });
    await execa('tar', ['-C', join(folder, 'root'), '-cf', join(folder, 'image.tar'), '.']);
    const changes = image.changes.flatMap((change) => ['--change', change]);
    await docker('import', ...changes, join(folder, 'image.tar'), reference);
    const said = await docker('push', reference);
    return /digest: (sha256:[0-9a-f]{64})/.exec(said)?.[1] ?? '';
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await execa('docker', ['image', 'rm', reference], { reject: false, timeout: boundMs });
  }
}

/** A registry with a login answers 401. */
async function answers(host: string, tls: boolean): Promise<boolean> {
  const args = ['--silent', '--insecure', '--max-time', '2', '--output', '/dev/null'];
  const { exitCode } = await execa('curl', [...args, `http${tls ? 's' : ''}://${host}/v2/`], {
    reject: false,
  });
  return exitCode === 0;
}
