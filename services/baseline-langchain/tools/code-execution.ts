import { tool } from '@langchain/core/tools';
import { z } from 'zod';
import { describeEnd } from '../../baseline-kit/sandbox/code-run.ts';
import type { Sandbox } from '../../baseline-kit/sandbox/sandbox.ts';
import { toolNames } from '../routing.ts';

/** Runs a program in the sandbox; it ends with the request. */
export function codeExecution(sandbox: Sandbox, signal: AbortSignal) {
  return tool(
    async ({ code, language }) => {
      const runtime = language === 'javascript' ? 'node' : 'python';
      const { runtimes } = await sandbox.abilities();
      if (!runtimes.includes(runtime)) return `The sandbox has no ${language}.`;
      const run = await sandbox.run(runtime, code, signal);
      return `${describeEnd(run)}\n${run.output}`;
    },
    {
      name: toolNames.codeExecution,
      description: 'Runs a program in a sandbox without network and returns what it prints.',
      schema: z.object({
        code: z.string().max(100_000).describe('The whole program'),
        language: z.enum(['python', 'javascript']).default('python'),
      }),
    },
  );
}
