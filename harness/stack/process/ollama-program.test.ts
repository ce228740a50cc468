import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ollamaAbsence, ollamaProgram } from './ollama-program.ts';

/** Stands for Go: it has a module with the two headers, and "compiles" what it is told. */
const fakeGo = `#!/bin/sh
echo "$*" >> "$CALLS"
case "$1" in
  version) echo "go version go$VERSION linux/amd64" ;;
  mod) echo "{\\"Dir\\": \\"$MODULE\\"}" ;;
  install)
    ls "\${CGO_CPPFLAGS#-I}" >> "$CALLS"
    echo "compiling ollama" >&2
    if [ -n "$BROKEN" ]; then echo "g++: out of memory" >&2; exit 1; fi
    mkdir -p "$GOBIN" && echo program > "$GOBIN/ollama" ;;
esac
`;

const before = { ...process.env };
const noPython = async () => undefined;
let folder: string;
let said: string[];

const program = (name: string, text: string) => {
  writeFileSync(join(folder, 'bin', name), text);
  chmodSync(join(folder, 'bin', name), 0o755);
};
const make = () => ollamaProgram(noPython, (line) => said.push(line), new AbortController().signal);
const installs = () => readFileSync(join(folder, 'calls'), 'utf8').match(/^install/gm) ?? [];

beforeEach(() => {
  said = [];
  folder = mkdtempSync(join(tmpdir(), 'ollama-program-'));
  const headers = join(folder, 'module/llama/llama.cpp/common');
  for (const each of [join(folder, 'bin'), headers]) mkdirSync(each, { recursive: true });
  for (const header of ['json.hpp', 'stb_image.h']) writeFileSync(join(headers, header), header);
  program('go', fakeGo);
  program('c++', '#!/bin/sh\necho 12.2\n');
  process.env.PATH = [join(folder, 'bin'), '/usr/bin', '/bin'].join(delimiter);
  process.env.XDG_CACHE_HOME = join(folder, 'cache');
  process.env.CALLS = join(folder, 'calls');
  process.env.MODULE = join(folder, 'module');
  process.env.VERSION = '1.26.0';
});
afterEach(() => {
  process.env = { ...before };
  rmSync(folder, { recursive: true, force: true });
});

test('a machine with a compiler and Go can compile it, one without Go needs Python, and a reason names what is missing', async () => {
  expect(await ollamaAbsence(noPython)).toBeUndefined();
  process.env.VERSION = '1.19.8';
  expect(await ollamaAbsence(noPython)).toMatch(/neither Go nor Python/);
  expect(await ollamaAbsence(async () => ({ command: 'python3', version: '3.11.2' }))).toBeUndefined();
  process.env.VERSION = '1.26.0';
  program('c++', '#!/bin/sh\nexit 1\n');
  expect(await ollamaAbsence(noPython)).toMatch(/no C\+\+ compiler/);
});

test('it is compiled once, with the headers that its module lacks, and only the program stays', async () => {
  const [first, second] = await Promise.all([make(), make()]);
  expect(second).toBe(first);
  expect(readFileSync(join(first, 'ollama'), 'utf8')).toBe('program\n');
  expect(installs()).toHaveLength(1);
  expect(readFileSync(join(folder, 'calls'), 'utf8')).toMatch(/miniaudio\nnlohmann\nstb\n/);
  expect(said).toContain('compiling ollama');
  expect(existsSync(`${first}.work`)).toBe(false);
  process.env.PATH = '/nowhere';
  expect(await ollamaAbsence(noPython)).toBeUndefined();
});

test('a compilation that fails is told with its output, and is tried again the next time', async () => {
  process.env.BROKEN = 'yes';
  const failure = await make().catch((error: Error) => error);
  expect(failure).toMatchObject({ code: 'GNT_PROGRAM_BUILD' });
  const [log = ''] = /\S+\.log/.exec(JSON.stringify(failure, ['message', 'hint'])) ?? [];
  expect(readFileSync(log, 'utf8')).toContain('out of memory');
  delete process.env.BROKEN;
  await make();
  expect(installs()).toHaveLength(2);
});
