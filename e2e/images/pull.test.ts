/**
 * @provider any
 * @long
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { caBundleFromEnvironment } from '../../harness/images/ca-bundle.ts';
import { type ImageMode, resolveImages } from '../../harness/images/resolve-images.ts';
import {
  docker,
  type ImageRegistry,
  pushImage,
  registryImage,
  type SmallImage,
  startRegistry,
} from '../../harness/suite/images/image-registry.ts';
import { skip } from '../../harness/suite/skip.ts';
import { driver } from '../../harness/suite/stack.ts';
import { breakingProxy } from './breaking-proxy.ts';

// The official images' names, users and entry points, with a file for each of their programs.
const official = {
  postgres: {
    at: 'postgres:17.6',
    changes: ['ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["postgres"]', 'EXPOSE 5432'],
    file: { path: 'usr/local/bin/docker-entrypoint.sh', text: 'postgres' },
  },
  ollama: {
    at: 'ollama/ollama:0.24.0',
    changes: ['ENTRYPOINT ["/bin/ollama"]', 'CMD ["serve"]', 'ENV OLLAMA_HOST=0.0.0.0:11434'],
    file: { path: 'bin/ollama', text: 'ollama' },
  },
  'open-webui': {
    at: 'open-webui/open-webui:0.12.4-slim',
    changes: ['WORKDIR /app/backend', 'CMD ["bash", "start.sh"]', 'USER 0:0'],
    file: { path: 'app/backend/start.sh', text: 'open-webui' },
  },
} as const satisfies Record<string, SmallImage & { at: string }>;

/** Built images get names of this run, so that those of the machine stay what they are. */
const owner = `gauntlet-suite-${process.pid}`;
const login = 'reader:letmein';
const removed: (() => Promise<unknown> | unknown)[] = [];
let image: string;

beforeAll(async () => {
  if (driver() !== 'compose') skip('images are pulled by the compose driver');
  image = await registryImage(() => undefined, caBundleFromEnvironment(process.env));
}, 300_000);

afterAll(async () => {
  const format = '{{.Repository}}:{{.Tag}}';
  const listed = driver() === 'compose' ? await docker('images', '--format', format) : '';
  const ours = listed
    .split('\n')
    .filter((name) => name.includes(owner) || registries.some((host) => name.startsWith(host)));
  if (ours.length > 0) await docker('image', 'rm', '--force', ...ours);
  for (const remove of removed.reverse()) await remove();
}, 120_000);

const registries: string[] = [];

async function registry(options: Parameters<typeof startRegistry>[1] = {}): Promise<ImageRegistry> {
  const started = await startRegistry(image, options);
  registries.push(started.host);
  removed.push(started.remove);
  return started;
}

async function proxied(...args: Parameters<typeof breakingProxy>): Promise<string> {
  const { address, close } = await breakingProxy(...args);
  registries.push(address);
  removed.push(close);
  return address;
}

type Name = keyof typeof official;

async function push(host: string, ...names: readonly Name[]): Promise<readonly string[]> {
  return await Promise.all(names.map((name) => pushImage(`${host}/${official[name].at}`, official[name])));
}

async function resolve(
  names: readonly Name[],
  host: string,
  more: { mode?: ImageMode; caBundle?: string; stopAt?: RegExp } = {},
) {
  const stopped = new AbortController();
  const said: string[] = [];
  const onProgress = (_: string, line: string) => {
    said.push(line);
    if (more.stopAt?.test(line)) stopped.abort(new Error(line));
  };
  const { mode = 'pull', caBundle } = more;
  const options = { mode, registry: host, owner, onProgress, signal: stopped.signal, caBundle };
  return { images: await resolveImages(names, options), said };
}

const pullFailure = (reason: RegExp) => ({
  code: 'GNT_IMAGE_PULL_FAILED',
  message: expect.stringMatching(reason),
});

test('official images come from a mirror as they are, with what they lack on top, and are not asked for again', async () => {
  const { host, remove } = await registry();
  const names = ['postgres', 'ollama', 'open-webui'] as const;
  const mirror = `${host}/hub`;
  const [postgres, ollama] = await push(mirror, ...names);
  const { images } = await resolve(names, `${mirror}/`);
  const pulled = { from: 'pulled', fresh: true };
  expect(images).toEqual({
    postgres: { reference: `${mirror}/postgres:17.6`, version: '17.6', ...pulled },
    ollama: { reference: `${mirror}/ollama/ollama:0.24.0`, version: '0.24.0', ...pulled },
    'open-webui': {
      reference: expect.stringMatching(`^${owner}/open-webui:[0-9a-f]{12}$`),
      version: '0.12.4',
      ...pulled,
    },
  });
  const inspect = async (reference: string) =>
    JSON.parse(await docker('image', 'inspect', reference, '--format', '{{json .}}')) as {
      RepoDigests: readonly string[];
      Config: object;
    };
  expect((await inspect(images.postgres.reference)).RepoDigests).toEqual([`${mirror}/postgres@${postgres}`]);
  const asPushed = await inspect(images.ollama.reference);
  expect(asPushed.RepoDigests).toEqual([`${mirror}/ollama/ollama@${ollama}`]);
  expect(asPushed.Config).toMatchObject({ Entrypoint: ['/bin/ollama'], Cmd: ['serve'] });

  const { reference } = images['open-webui'];
  const topped = { WorkingDir: '/app/backend', Cmd: ['bash', 'start.sh'], User: '0:0' };
  expect((await inspect(reference)).Config).toMatchObject(topped);
  const id = await docker('create', reference);
  removed.push(() => docker('rm', id));
  const [added, own] = await Promise.all([
    docker('cp', `${id}:/usr/local/bin/open-webui`, '-'),
    docker('cp', `${id}:/app/backend/start.sh`, '-'),
  ]);
  // A tar entry begins with its name; its mode ends after 107 bytes.
  expect(added.slice(104, 107)).toBe('755');
  expect(added).toContain('serve');
  expect(own).toContain('open-webui');

  await remove();
  const again = await resolve(names, `${mirror}/`);
  const kept = Object.entries(images).map(([name, each]) => [name, { ...each, fresh: false }]);
  expect(again.images).toEqual(Object.fromEntries(kept));
  expect(again.said).toEqual([]);
});

test('a tag that is missing is told by its name, is found once it is there, and is built where that is allowed', async () => {
  const { host } = await registry();
  await expect(resolve(['postgres'], host)).rejects.toMatchObject(
    pullFailure(new RegExp(`${host}/postgres:17\\.6 cannot be pulled: .*(not found|manifest unknown)`)),
  );
  const building = resolve(['ollama'], host, { mode: 'auto', stopAt: /building it from packages/ });
  await expect(building).rejects.toThrow(/cannot be pulled .*(not found|manifest unknown)/);
  await push(host, 'postgres');
  expect((await resolve(['postgres'], host)).images.postgres.fresh).toBe(true);
});

test('a registry with a login refuses who has none, and the login of the docker command is used', async () => {
  const { host } = await registry({ login });
  const config = mkdtempSync(join(tmpdir(), 'docker-config-'));
  const before = process.env.DOCKER_CONFIG;
  removed.push(() => rmSync(config, { recursive: true, force: true }));
  process.env.DOCKER_CONFIG = config;
  try {
    await expect(resolve(['postgres'], host)).rejects.toMatchObject(pullFailure(/credentials|unauthorized/));
    const [user = '', password = ''] = login.split(':');
    const auths = { [host]: { auth: Buffer.from(`${user}:${password}`).toString('base64') } };
    writeFileSync(join(config, 'config.json'), JSON.stringify({ auths }));
    await push(host, 'postgres');
    const { images, said } = await resolve(['postgres'], host);
    expect(images.postgres).toMatchObject({ from: 'pulled', fresh: true });
    expect(said.join('\n')).not.toContain(password);
  } finally {
    if (before === undefined) delete process.env.DOCKER_CONFIG;
    else process.env.DOCKER_CONFIG = before;
  }
});

test('a connection that breaks half-way is taken up again, and a registry that has lost a layer is told', async () => {
  const { host } = await registry();
  const large = { path: 'data', text: randomBytes(1_000_000).toString('hex') };
  const base = { ...official.postgres, file: large };
  // Two images: of one that is pulled twice at once, the engine fetches each layer once.
  await Promise.all([pushImage(`${host}/${official.postgres.at}`, base), push(host, 'ollama')]);
  let cuts = 0;
  const breaking = await proxied(host, (path, response) => {
    const isFirst =
      /\/blobs\//.test(path) && Number(response.headers['content-length']) > 1_000_000 && cuts === 0;
    if (isFirst) cuts += 1;
    return isFirst ? 'cut' : 'pass';
  });
  const losing = await proxied(host, (path) => (/\/blobs\//.test(path) ? 'lose' : 'pass'));
  const [whole, lost] = await Promise.allSettled([
    resolve(['postgres'], breaking),
    resolve(['ollama'], losing),
  ]);
  expect(whole).toMatchObject({ status: 'fulfilled' });
  expect(cuts).toBe(1);
  expect(lost).toMatchObject({ status: 'rejected', reason: pullFailure(/unknown|not found/i) });
});

test('a registry behind a private authority is trusted once the engine has its certificate', async () => {
  if (process.getuid?.() !== 0) skip('only root may tell the engine whom to trust');
  const { host, authority = '' } = await registry({ tls: true });
  await expect(resolve(['open-webui'], host)).rejects.toMatchObject(
    pullFailure(new RegExp(`x509.*/etc/docker/certs\\.d/${host}/ca\\.crt`)),
  );
  const trusted = join('/etc/docker/certs.d', host);
  removed.push(() => rmSync(trusted, { recursive: true, force: true }));
  mkdirSync(trusted, { recursive: true });
  writeFileSync(join(trusted, 'ca.crt'), authority);
  await push(host, 'open-webui');
  const { images } = await resolve(['open-webui'], host, { caBundle: join(trusted, 'ca.crt') });
  expect(images['open-webui']).toMatchObject({ from: 'pulled', fresh: true });
});
