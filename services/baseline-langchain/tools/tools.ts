import type { StructuredTool } from '@langchain/core/tools';
import type { Baseline } from '../../baseline-kit/baseline.ts';
import type { BaselineCall } from '../../baseline-kit/chat-route.ts';
import { calculator } from './calculator.ts';
import { codeExecution } from './code-execution.ts';
import { currentDateTime } from './current-date-time.ts';
import { investigateMemory } from './investigate-memory.ts';

/** The tools of one request. Memories can be read only for its own user and only when it asked for memory. */
export function createTools(
  { sandbox, memory }: Baseline,
  { memoryUser, signal }: BaselineCall,
): StructuredTool[] {
  return [
    calculator,
    currentDateTime,
    codeExecution(sandbox, signal),
    ...(memory !== undefined && memoryUser !== undefined
      ? [investigateMemory(memory, memoryUser, signal)]
      : []),
  ] as StructuredTool[];
}
