import type { StructuredTool } from '@langchain/core/tools';
import type { AgentService } from '../../agent/agent-service.ts';
import type { ChatCall } from '../../agent/chat-route.ts';
import { calculator } from './calculator.ts';
import { codeExecution } from './code-execution.ts';
import { currentDateTime } from './current-date-time.ts';
import { investigateMemory } from './investigate-memory.ts';

/** The tools of one request. Memories can be read only for its own user and only when it asked for memory. */
export function createTools(
  { sandbox, memory }: AgentService,
  { memoryUser, signal }: ChatCall,
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
