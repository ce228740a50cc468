/** Names under which the model knows the tools. */
export const toolNames = {
  calculator: 'calculator',
  currentDateTime: 'current_date_time',
  investigateMemory: 'investigate_memory',
  codeExecution: 'code_execution',
} as const;
