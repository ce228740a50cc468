import { runService } from '../kit/cluster.ts';
import { createServer } from './server.ts';

// LangChain reports every run to a tracing service when the environment says so; conversations stay here instead.
for (const name of [
  'LANGSMITH_TRACING',
  'LANGSMITH_TRACING_V2',
  'LANGCHAIN_TRACING',
  'LANGCHAIN_TRACING_V2',
]) {
  process.env[name] = 'false';
}

runService({ name: 'baseline-langchain', createServer });
