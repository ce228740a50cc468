import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { gauntletError } from '../../errors.ts';
import { catalogue } from '../../images/catalogue.ts';
import { cacheFolder } from './cache-folder.ts';
import { packageRoot } from './launch.ts';
import { type FindPython, occupy, pythonEnvironment } from './python-environment.ts';

export const ollamaVersion = catalogue.ollama.build.version;
const recipe = 'docker/ollama';
const module = 'github.com/ollama/ollama';
/** Zips of Go modules lack folders named `vendor`, and with it two headers; this older version has them elsewhere. */
const headers = { version: '0.11.4', folder: 'llama/llama.cpp/common' };
/** The code is for small models: compiled in half the time, and slow. */
const compilerFlags = '-O0 -w';
/** From this version on, Go fetches the newer one that a module asks for. */
const goFetchesOthers = [1, 21] as const;
const buildTimeoutMs = 20 * 60_000;

/** Why Ollama cannot be compiled here; undefined when it can, or has been. */
export async function ollamaAbsence(findPython: FindPython): Promise<string | undefined> {
  if (existsSync(program())) return undefined;
  const tools = 'no `ollama` program on PATH, and nothing to compile it with';
  if (!(await answers('c++', ['--version']))) return `${tools}: no C++ compiler (c++)`;
  const go = (await goOnPath()) || (await findPython());
  return go ? undefined : `${tools}: neither Go nor Python 3.11 or 3.12`;
}

/**
 * Ollama in the user's cache, compiled once from the Go module proxy, as docker/ollama does it. Its image is no
 * source for it: that is made for a newer C library, and the program starts itself anew for each model by its own path.
 *
 * @returns the folder of the program
 * @throws GNT_PROGRAM_BUILD with the place of the compiler's output
 */
export async function ollamaProgram(
  findPython: FindPython,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const folder = join(program(), '..');
  if (existsSync(program())) return folder;
  mkdirSync(join(cacheFolder(), 'programs'), { recursive: true });
  const release = await occupy(`${folder}.lock`, onLine, signal);
  const work = `${folder}.work`;
  const log = `${folder}.log`;
  try {
    if (existsSync(program())) return folder;
    rmSync(work, { recursive: true, force: true });
    const made = await compile(work, await goCommand(findPython, onLine, signal), onLine, signal);
    mkdirSync(folder, { recursive: true });
    renameSync(made, program());
    return folder;
  } catch (error) {
    signal.throwIfAborted();
    const { all, shortMessage } = error as { all?: string; shortMessage?: string };
    writeFileSync(log, String(all ?? error));
    throw gauntletError('GNT_PROGRAM_BUILD', 'ollama', shortMessage ?? String(error), log);
  } finally {
    rmSync(work, { recursive: true, force: true });
    release();
  }
}

async function compile(
  work: string,
  go: string,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const include = join(work, 'include');
  for (const each of ['nlohmann', 'stb', 'miniaudio']) mkdirSync(join(include, each), { recursive: true });
  const env = {
    GOTOOLCHAIN: 'auto',
    // What is not removed with ordinary rights is not left in the cache.
    GOFLAGS: '-modcacherw',
    GOPATH: join(work, 'go'),
    GOCACHE: join(work, 'cache'),
    GOBIN: join(work, 'bin'),
    CGO_ENABLED: '1',
    CGO_CPPFLAGS: `-I${include}`,
    CGO_CFLAGS: compilerFlags,
    CGO_CXXFLAGS: compilerFlags,
  };
  const run = (...args: string[]) => {
    const options = { all: true, stdin: 'ignore', timeout: buildTimeoutMs, cancelSignal: signal } as const;
    const child = execa(go, args, { ...options, cwd: work, env });
    child.stderr.on('data', (chunk: Buffer) => onLine(String(chunk).trim().split('\n').at(-1) ?? ''));
    return child;
  };
  const { stdout } = await run('mod', 'download', '-json', `${module}@v${headers.version}`);
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  copyFileSync(join(Dir, headers.folder, 'json.hpp'), join(include, 'nlohmann/json.hpp'));
  writeFileSync(join(include, 'nlohmann/json_fwd.hpp'), '#include "json.hpp"\n');
  copyFileSync(join(Dir, headers.folder, 'stb_image.h'), join(include, 'stb/stb_image.h'));
  copyFileSync(join(packageRoot, recipe, 'miniaudio.h'), join(include, 'miniaudio/miniaudio.h'));
  const flags = `-s -w -X ${module}/version.Version=${ollamaVersion}`;
  await run('install', '-v', '-trimpath', '-ldflags', flags, `${module}@v${ollamaVersion}`);
  return join(work, 'bin/ollama');
}

async function goCommand(
  findPython: FindPython,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  if (await goOnPath()) return 'go';
  const python = await findPython();
  if (!python) throw new Error('neither Go nor Python 3.11 or 3.12 on PATH');
  return join(await pythonEnvironment({ folder: recipe, python }, onLine, signal), 'bin/go');
}

async function goOnPath(): Promise<boolean> {
  const [, major, minor] = /go(\d+)\.(\d+)/.exec((await answers('go', ['version'])) ?? '') ?? [];
  const [least, leastMinor] = goFetchesOthers;
  return Number(major) > least || (Number(major) === least && Number(minor) >= leastMinor);
}

async function answers(command: string, args: readonly string[]): Promise<string | undefined> {
  const { exitCode, stdout } = await execa(command, args, { reject: false, timeout: 10_000 });
  return exitCode === 0 ? stdout : undefined;
}

/** The program's path changes with whatever it is made from, the machine's C library among it. */
function program(): string {
  const { header } = process.report.getReport() as { header: { arch: string; glibcVersionRuntime?: string } };
  const made = [ollamaVersion, headers.version, compilerFlags, header.arch, header.glibcVersionRuntime];
  const hash = createHash('sha256').update(made.join(' '));
  for (const file of ['miniaudio.h', 'requirements.lock'])
    hash.update(readFileSync(join(packageRoot, recipe, file)));
  return join(cacheFolder(), 'programs', `ollama-${hash.digest('hex').slice(0, 12)}`, 'ollama');
}
