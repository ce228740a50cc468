export type RuntimeName = 'python' | 'node';

/** A language the sandbox can run. */
export interface Runtime {
  readonly name: RuntimeName;
  readonly title: string;
  readonly fileName: string;
  /** Programs to try, the first that starts inside the sandbox is used. */
  readonly programs: readonly string[];
  readonly flags: readonly string[];
  /** Option of prlimit that bounds the memory of one process. */
  memoryOption(bytes: number): string;
}

export const runtimes: Readonly<Record<RuntimeName, Runtime>> = {
  python: {
    name: 'python',
    title: 'Python',
    fileName: 'main.py',
    programs: ['/usr/bin/python3', '/usr/local/bin/python3', 'python3'],
    flags: ['-B', '-u'],
    memoryOption: (bytes) => `--as=${bytes}`,
  },
  node: {
    name: 'node',
    title: 'JavaScript',
    fileName: 'main.mjs',
    programs: [process.execPath],
    flags: ['--max-old-space-size=128'],
    // V8 reserves address space by the terabyte, and its threads and pools take this much from the start.
    memoryOption: (bytes) => `--data=${bytes + 256 * 1024 * 1024}`,
  },
};
