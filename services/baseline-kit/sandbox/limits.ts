/** What a sandboxed program may use before it is stopped. */
export interface SandboxLimits {
  readonly wallClockMs: number;
  readonly cpuSeconds: number;
  /** Memory of one process. */
  readonly memoryBytes: number;
  /** Memory of all processes together. */
  readonly totalMemoryBytes: number;
  /** Bytes of standard output and standard error together. */
  readonly outputBytes: number;
  /** Largest file. */
  readonly fileBytes: number;
  /** All files together, where the sandbox has a file system of its own. */
  readonly diskBytes: number;
  readonly processes: number;
  readonly openFiles: number;
}

const mebibyte = 1024 * 1024;

export const defaultLimits: SandboxLimits = {
  wallClockMs: 10_000,
  cpuSeconds: 5,
  memoryBytes: 512 * mebibyte,
  totalMemoryBytes: 768 * mebibyte,
  outputBytes: 64 * 1024,
  fileBytes: 8 * mebibyte,
  diskBytes: 32 * mebibyte,
  processes: 64,
  openFiles: 64,
};
