import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gauntletError } from '../errors.ts';
import { buildImage } from './build-image.ts';
import { catalogue, type ImageName, type ImageSpec, imageNames } from './catalogue.ts';
import { contentTag, type ImageContent } from './content-tag.ts';
import { presentImages, tagImage } from './docker-command.ts';
import { mirrored } from './official-reference.ts';
import { pullImage } from './pull-image.ts';

export type ImageMode = 'auto' | 'pull' | 'build';

export interface ResolveOptions {
  readonly mode: ImageMode;
  /** Mirror whose address takes the place of the registries'. */
  readonly registry?: string | undefined;
  /** First part of the names of what is built; the default is `gauntlet`. */
  readonly owner?: string | undefined;
  /** CA bundle for builds, see caBundleFromEnvironment. */
  readonly caBundle?: string | undefined;
  /** @param isDone it is there, and there is nothing more to say of it */
  readonly onProgress?: (image: ImageName, line: string, isDone?: boolean) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface ResolvedImage {
  readonly reference: string;
  readonly from: 'pulled' | 'built';
  /** Whether this call pulled or built it; otherwise it was there. */
  readonly fresh: boolean;
  readonly version: string;
}

interface Buildable {
  readonly repository: string;
  readonly tag: string;
  readonly content: ImageContent;
}

interface Candidate {
  readonly spec: ImageSpec;
  readonly built: Buildable;
  readonly official?: { readonly reference: string; readonly version: string; readonly addition?: Buildable };
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const parallel = 2;

/**
 * Makes sure that the engine has these images and returns their references. What is there costs one question to
 * the engine; the rest is pulled or built, two at a time.
 * @throws GNT_IMAGE_BUILD_FAILED, GNT_IMAGE_PULL_FAILED (mode `pull`), GNT_ENGINE_UNREACHABLE
 */
export async function resolveImages<Name extends ImageName>(
  names: readonly Name[],
  options: ResolveOptions,
): Promise<Record<Name, ResolvedImage>> {
  const candidates = await Promise.all(names.map((name) => candidate(catalogue[name], options)));
  const present = await presentImages(candidates.flatMap(references), options.signal);
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const resolved = {} as Record<Name, ResolvedImage>;
  const queue = candidates.sort((a, b) => imageNames.indexOf(a.spec.name) - imageNames.indexOf(b.spec.name));
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const image = await resolve(next, present, { ...options, signal });
      resolved[next.spec.name as Name] = image;
      if (image.fresh) options.onProgress?.(next.spec.name, image.from, true);
    }
  };
  // One failure ends the others, and nothing is still building when the caller hears of it.
  const workers = Array.from({ length: parallel }, () =>
    work().catch((error: unknown) => {
      if (!failed.signal.aborted) failed.abort(error);
    }),
  );
  await Promise.all(workers);
  signal.throwIfAborted();
  return resolved;
}

/** Environment for compose.yaml: `{ LITELLM_IMAGE: 'gauntlet/litellm:0123456789ab', … }`. */
export function imageVariables(resolved: Partial<Record<ImageName, ResolvedImage>>): Record<string, string> {
  const entries = Object.entries(resolved) as [ImageName, ResolvedImage][];
  return Object.fromEntries(entries.map(([name, image]) => [catalogue[name].variable, image.reference]));
}

async function candidate(
  spec: ImageSpec,
  { registry, owner = 'gauntlet' }: ResolveOptions,
): Promise<Candidate> {
  const { dockerfile, context, inputs, args } = spec.build;
  const buildable = async (content: ImageContent): Promise<Buildable> => ({
    repository: `${owner}/${spec.name}`,
    tag: await contentTag(content),
    content,
  });
  const own = { dockerfile: join(root, dockerfile), context: join(root, context), inputs, args };
  const built = await buildable(own);
  if (!spec.official) return { spec, built };
  const { addition, version } = spec.official;
  const reference = mirrored(spec.official.reference, registry);
  if (!addition) return { spec, built, official: { reference, version } };
  const content = {
    ...own,
    dockerfile: join(root, addition.dockerfile),
    inputs: addition.inputs,
    args: { BASE: reference },
  };
  return { spec, built, official: { reference, version, addition: await buildable(content) } };
}

const referenceOf = ({ repository, tag }: Buildable) => `${repository}:${tag}`;

const references = ({ built, official }: Candidate) => [
  referenceOf(built),
  ...(official ? [official.addition ? referenceOf(official.addition) : official.reference] : []),
];

async function resolve(
  { spec, built, official }: Candidate,
  present: ReadonlySet<string>,
  options: ResolveOptions,
): Promise<ResolvedImage> {
  const say = (line: string) => options.onProgress?.(spec.name, line);
  const buildOptions = { ...options, onLine: say };
  const own = { reference: referenceOf(built), from: 'built', version: spec.build.version } as const;

  if (official && options.mode !== 'build') {
    const { version, addition } = official;
    const reference = addition ? referenceOf(addition) : official.reference;
    if (present.has(reference)) return { reference, from: 'pulled', fresh: false, version };
    if (options.mode === 'auto' && present.has(own.reference)) return { ...own, fresh: false };
    say(`pulling ${official.reference}`);
    const failure = await pullImage(official.reference, { onLine: say, signal: options.signal });
    if (!failure) {
      if (addition) await buildImage(addition.repository, addition.tag, addition.content, buildOptions);
      else await tagImage(reference, `${built.repository}:local`);
      return { reference, from: 'pulled', fresh: true, version };
    }
    if (options.mode === 'pull') throw gauntletError('GNT_IMAGE_PULL_FAILED', official.reference, failure);
    say(`cannot be pulled (${failure}); building it from packages`);
  }
  if (present.has(own.reference)) return { ...own, fresh: false };
  say(`building ${own.reference}`);
  await buildImage(built.repository, built.tag, built.content, buildOptions);
  return { ...own, fresh: true };
}
