import type { Answer, AnswerEvent } from '../baseline-kit/answer/answer-event.ts';
import type { Baseline } from '../baseline-kit/baseline.ts';
import type { BaselineCall } from '../baseline-kit/chat-route.ts';
import { describeEnd } from '../baseline-kit/sandbox/code-run.ts';
import { runtimes } from '../baseline-kit/sandbox/runtimes.ts';
import type { SandboxAbilities } from '../baseline-kit/sandbox/sandbox.ts';
import { type CodeBlock, fenced, firstRunnable } from './code/code-block.ts';
import type { Llm } from './llm/llm.ts';
import { streamCompletion } from './llm/stream.ts';
import { upstreamRequest } from './upstream-request.ts';

const instructions = [
  'You have a sandbox that runs one program for you.',
  'When the task needs code, write one complete program in one fenced block marked python or javascript;',
  'it reads no input, prints what the user wants to see, and has no network.',
].join(' ');

/** The model answers; code in its answer is run in the sandbox, and the output follows the answer. */
export async function answerByAgent(
  service: Baseline,
  llm: Llm,
  call: BaselineCall,
  metadata: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  call.trace.note('agent_path_start', 'The agent begins.', { model: service.settings.model });
  const abilities = await service.sandbox.abilities();
  call.trace.note('sandbox_init', describe(abilities), { ...abilities });
  return {
    metadata: { ...metadata, sandbox: abilities },
    events: agentEvents(service, llm, call, abilities),
  };
}

async function* agentEvents(
  service: Baseline,
  llm: Llm,
  { request, signal, trace }: BaselineCall,
  abilities: SandboxAbilities,
): AsyncGenerator<AnswerEvent> {
  const startedAt = performance.now();
  yield { kind: 'reasoning', text: 'Agent started.\n' };
  yield { kind: 'reasoning', text: `${describe(abilities)}\n` };
  yield { kind: 'reasoning', text: `Asking ${service.settings.model}; code in its answer will be run.\n` };
  trace.note('agent_thinking', 'The model writes.');

  let text = '';
  let end: (AnswerEvent & { kind: 'end' }) | undefined;
  const upstream = upstreamRequest(
    { ...request, messages: withInstructions(request.messages) },
    service.settings.model,
  );
  for await (const event of streamCompletion(llm, upstream, signal)) {
    if (event.kind === 'end') end = event;
    else yield event;
    if (event.kind === 'content') text += event.text;
  }

  const block = firstRunnable(text);
  let ran = 'no code to run';
  if (block !== undefined && abilities.runtimes.includes(block.runtime)) {
    const { output, summary } = await runBlock(service, block, signal, trace);
    yield { kind: 'content', text: output };
    ran = summary;
  } else if (block !== undefined) {
    yield {
      kind: 'content',
      text: `\n\nThe code was not run: ${runtimes[block.runtime].title} is not installed here.`,
    };
    ran = 'code not run';
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  yield { kind: 'reasoning', text: `Agent finished in ${seconds} s (${ran}).\n` };
  if (end !== undefined) yield end;
}

async function runBlock(
  { sandbox }: Baseline,
  { runtime, code }: CodeBlock,
  signal: AbortSignal,
  trace: BaselineCall['trace'],
): Promise<{ readonly output: string; readonly summary: string }> {
  const { title } = runtimes[runtime];
  trace.note('tool_call_start', `${title} runs in the sandbox.`, { runtime });
  const run = await sandbox.run(runtime, code, signal);
  const ending = describeEnd(run);
  trace.note('agent_thinking', `The program ended: ${ending}.`, {
    outcome: run.outcome,
    exitCode: run.exitCode,
  });
  const printed = run.output === '' ? 'It printed nothing.' : fenced(run.output);
  return {
    output: `\n\nOutput of the ${title} program (${ending}):\n\n${printed}\n`,
    summary: `${title}: ${ending}`,
  };
}

/** Joins the client's own system prompt, which stays whole and first. */
function withInstructions(
  messages: BaselineCall['request']['messages'],
): BaselineCall['request']['messages'] {
  const [first, ...rest] = messages;
  const isSystem = first !== undefined && ['system', 'developer'].includes(String(first.role));
  if (isSystem && typeof first.content === 'string') {
    return [{ ...first, content: `${first.content}\n\n${instructions}` }, ...rest];
  }
  return [{ role: 'system' as never, content: instructions }, ...messages];
}

function describe({ isolation, network, runtimes: names }: SandboxAbilities): string {
  if (names.length === 0) return 'No sandbox: no interpreter can be started here.';
  return `Sandbox ready: ${names.join(' and ')}, isolation ${isolation}, network ${network}.`;
}
