import { readFile } from 'node:fs/promises';
import { gauntletError } from '../errors.ts';
import type { ImageContent } from './content-tag.ts';
import { dockerCommand, presentImages, tagImage } from './docker-command.ts';
import { mirrored } from './official-reference.ts';
import { pullImage } from './pull-image.ts';

const buildTimeoutMs = 30 * 60_000;
const silenceMs = 15_000;
const tailLines = 30;
const keptTags = 5;
const bookkeeping = /^((DONE|CACHED|transferring|writing|naming|extracting|resolve|sha256:)|.* done$)/;

export interface BuildOptions {
  readonly caBundle?: string | undefined;
  readonly registry?: string | undefined;
  readonly onLine: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Builds an image with BuildKit and gives it its content tag, and the tag `local` for `docker compose` by hand.
 * @throws GNT_IMAGE_BUILD_FAILED with the last 30 lines
 */
export async function buildImage(
  repository: string,
  tag: string,
  content: ImageContent,
  options: BuildOptions,
) {
  if (options.registry) await takeBasesFromMirror(content.dockerfile, options);
  const args = [
    ...['buildx', 'build', '--load', '--progress=plain', '--file', content.dockerfile],
    ...['--tag', `${repository}:${tag}`, '--tag', `${repository}:local`],
    ...(options.caBundle ? ['--secret', `id=ca,src=${options.caBundle}`] : []),
    ...Object.entries(content.args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    // Names that BuildKit knows; without a value it takes that of the environment and keeps it out of the image.
    ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((name) => ['--build-arg', name]),
    content.context,
  ];
  const progress = heartbeat(options.onLine);
  try {
    const result = await dockerCommand(args, {
      ...options,
      onLine: progress.line,
      timeoutMs: buildTimeoutMs,
    });
    if (!result.ok) {
      throw gauntletError('GNT_IMAGE_BUILD_FAILED', repository, result.lines.slice(-tailLines).join('\n'));
    }
  } finally {
    progress.stop();
  }
  await removeOldTags(repository, tag);
}

/** Hands lines on without BuildKit's step numbers, and says in long silences (a compiler at work) that it still goes on. */
function heartbeat(onLine: (line: string) => void) {
  const startedAt = performance.now();
  let last = '';
  let heardAt = startedAt;
  const timer = setInterval(() => {
    if (performance.now() - heardAt < silenceMs) return;
    heardAt = performance.now();
    onLine(`${Math.round((heardAt - startedAt) / 1000)} s, still at: ${last}`);
  }, 1_000);
  timer.unref();
  const line = (raw: string) => {
    const text = raw.replace(/^#\d+ (\d+\.\d+ )?/, '').trim();
    if (!text || bookkeeping.test(text)) return;
    last = text;
    heardAt = performance.now();
    onLine(text);
  };
  return { line, stop: () => clearInterval(timer) };
}

/** Dockerfiles name their base images as Docker Hub does; with a mirror these names are made from the mirror's. */
async function takeBasesFromMirror(dockerfile: string, options: BuildOptions): Promise<void> {
  const text = await readFile(dockerfile, 'utf8');
  const bases = [...text.matchAll(/^FROM (\S+:\S+)/gm)].map((match) => match[1] as string);
  const present = await presentImages([...new Set(bases)], options.signal);
  for (const base of new Set(bases)) {
    if (present.has(base)) continue;
    const source = mirrored(base, options.registry);
    const failure = await pullImage(source, options);
    if (failure) options.onLine(`base image ${source}: ${failure}`);
    else await tagImage(source, base);
  }
}

/** Every change of a source file makes a tag; only the newest few stay. An image in use is not removed by this. */
async function removeOldTags(repository: string, newest: string): Promise<void> {
  const list = ['images', '--format', '{{.Tag}}', repository];
  const { lines } = await dockerCommand(list, { timeoutMs: 10_000 });
  const old = lines.filter((tag) => /^[0-9a-f]{12}$/.test(tag) && tag !== newest).slice(keptTags - 1);
  if (old.length > 0) {
    await dockerCommand(['image', 'rm', ...old.map((tag) => `${repository}:${tag}`)], { timeoutMs: 30_000 });
  }
}
