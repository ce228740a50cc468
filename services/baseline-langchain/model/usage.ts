import type { UsageMetadata } from '@langchain/core/messages';
import type { Usage } from '../../kit/chat-schema.ts';

/** The sum of what several calls used; undefined when none told. */
export function totalUsage(all: readonly (UsageMetadata | undefined)[]): Usage | undefined {
  const told = all.filter((usage) => usage !== undefined);
  if (told.length === 0) return undefined;
  const sum = (key: 'input_tokens' | 'output_tokens' | 'total_tokens') =>
    told.reduce((total, usage) => total + usage[key], 0);
  return {
    prompt_tokens: sum('input_tokens'),
    completion_tokens: sum('output_tokens'),
    total_tokens: sum('total_tokens'),
  };
}
