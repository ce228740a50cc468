import type { RuntimeName } from '../../baseline-kit/sandbox/runtimes.ts';

export interface CodeBlock {
  readonly runtime: RuntimeName;
  readonly code: string;
}

const languages: Readonly<Record<string, RuntimeName>> = {
  python: 'python',
  python3: 'python',
  py: 'python',
  javascript: 'node',
  js: 'node',
  mjs: 'node',
  node: 'node',
  nodejs: 'node',
};

/**
 * The first fenced block (CommonMark 4.5) whose info string names a language that the sandbox runs.
 * A block without its closing fence is not one: its end is missing.
 */
export function firstRunnable(text: string): CodeBlock | undefined {
  const fences =
    /^ {0,3}(?<fence>`{3,}|~{3,})[ \t]*(?<info>[^\n`]*)\n(?<code>[\s\S]*?)^ {0,3}\k<fence>[`~]*[ \t]*$/gm;
  for (const { groups } of text.matchAll(fences)) {
    const runtime = languages[groups?.info?.trim().split(/\s+/)[0]?.toLowerCase() ?? ''];
    if (runtime !== undefined && groups?.code?.trim()) return { runtime, code: groups.code };
  }
  return undefined;
}

/** Text in a fence that nothing in it can close. */
export function fenced(text: string, info = 'text'): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${info}\n${text.replace(/\n$/, '')}\n${fence}`;
}
