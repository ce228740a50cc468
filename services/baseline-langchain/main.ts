import { runService } from '../kit/cluster/cluster.ts';

// LangChain reports every run to a tracing service when the environment says so; conversations stay here instead.
for (const name of [
  'LANGSMITH_TRACING',
  'LANGSMITH_TRACING_V2',
  'LANGCHAIN_TRACING',
  'LANGCHAIN_TRACING_V2',
]) {
  process.env[name] = 'false';
}

await runService({
  name: 'baseline-langchain',
  // Loaded by the workers only: the primary answers no requests, and LangChain is large.
  createServer: async (context) => (await import('./server.ts')).createServer(context),
});
