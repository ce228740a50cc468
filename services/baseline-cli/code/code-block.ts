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

/** An open fence: what may close it, and what it holds. */
interface Fence {
  readonly run: string;
  readonly info: string;
  readonly lines: string[];
}

const opening = /^ {0,3}(?<run>`{3,}(?=[^`]*$)|~{3,})[ \t]*(?<info>.*)$/;
const closing = /^ {0,3}(?<run>`{3,}|~{3,})[ \t]*$/;

/**
 * The first fenced block (CommonMark 4.5) whose info string names a language that the sandbox runs.
 * A block without its closing fence is not one: its end is missing. Each line is looked at once.
 */
export function firstRunnable(text: string): CodeBlock | undefined {
  let fence: Fence | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (fence === undefined) {
      const { run, info } = opening.exec(line)?.groups ?? {};
      if (run !== undefined) fence = { run, info: info ?? '', lines: [] };
    } else if (closing.exec(line)?.groups?.run?.startsWith(fence.run)) {
      const runtime = languages[fence.info.trim().split(/\s+/)[0]?.toLowerCase() ?? ''];
      const code = fence.lines.map((each) => `${each}\n`).join('');
      if (runtime !== undefined && code.trim() !== '') return { runtime, code };
      fence = undefined;
    } else {
      fence.lines.push(line);
    }
  }
  return undefined;
}

/** Text in a fence that nothing in it can close. */
export function fenced(text: string, info = 'text'): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${info}\n${text.replace(/\n$/, '')}\n${fence}`;
}
