import { completeChat, streamChat } from '../../model/chat-upstream.ts';
import type { ChatMessage } from '../chat/chat-messages.ts';
import { chatRequestOf } from '../chat/chat-request.ts';
import type { ModelCallOfTool } from '../events/call-writer.ts';
import { type ChatPiece, pieceOf } from '../events/chat-delta.ts';
import type { ResponseAssembly, Turn } from '../events/response-assembly.ts';
import type { ResponseEvent } from '../events/response-event.ts';
import type { HostedTool } from '../tools/hosted-tool.ts';
import type { ResponseCaller, ResponsesEngine } from './engine.ts';
import type { PreparedResponse } from './prepare.ts';

/** Rounds of model and tools in one response; in the last one the model has to answer without tools. */
const maxRounds = 12;

export type Pieces = AsyncIterable<ChatPiece> | Iterable<ChatPiece>;

/** The rounds of one response: the model, the tools it called that the gateway runs, the model again. */
export class Rounds {
  readonly #engine: ResponsesEngine;
  readonly #prepared: PreparedResponse;
  readonly #caller: ResponseCaller;
  readonly #signal: AbortSignal;
  readonly #stream: boolean;
  readonly #hosted = new Map<string, HostedTool>();
  #messages: readonly ChatMessage[];
  #round = 0;
  #callsLeft: number;

  constructor(
    engine: ResponsesEngine,
    prepared: PreparedResponse,
    caller: ResponseCaller,
    { signal, stream }: { readonly signal: AbortSignal; readonly stream: boolean },
  ) {
    this.#engine = engine;
    this.#prepared = prepared;
    this.#caller = caller;
    this.#signal = signal;
    this.#stream = stream;
    this.#messages = prepared.messages;
    this.#callsLeft = prepared.request.fields.max_tool_calls ?? Number.POSITIVE_INFINITY;
    this.#add(prepared.toolbox.hosted);
  }

  isHosted = (name: string): boolean => this.#hosted.has(name);

  /** Asks the upstream; resolves when it has accepted. A stream that is then never read is hung up on by the signal. */
  async ask(): Promise<Pieces> {
    const { target, request, toolbox } = this.#prepared;
    const { requestId, correlationId, log } = this.#caller;
    this.#round += 1;
    const isLast = this.#round >= maxRounds || this.#callsLeft <= 0;
    const tools = [...toolbox.functions, ...[...this.#hosted.values()].map(({ tool }) => tool)];
    // A call that was asked for by name is asked for once: the model would never come to its answer.
    const choice = this.#round === 1 ? {} : { tool_choice: 'auto' as const };
    const chat = chatRequestOf({ ...request.fields, ...choice }, this.#messages, isLast ? [] : tools);
    const call = { target, request: chat, requestId, correlationId, log, signal: this.#signal };
    if (this.#stream) return streamChat(this.#engine.plane, call);
    return [pieceOf(await completeChat(this.#engine.plane, call))];
  }

  /** Finds out what the servers of the request offer; their tools are there for the model afterwards. */
  async *listServers(assembly: ResponseAssembly): AsyncGenerator<ResponseEvent, void> {
    const { toolbox, toolLists } = this.#prepared;
    for (const server of toolbox.servers) {
      const tools = yield* sending(assembly, server.list(toolLists, assembly.out, this.#signal));
      this.#add(tools.filter(({ tool }) => !this.#isTaken(tool.function.name)));
    }
  }

  /** Runs the calls of a round, and adds them with their answers to what the model sees next. */
  async *runCalls(turn: Turn, assembly: ResponseAssembly): AsyncGenerator<ResponseEvent, void> {
    const answers: ChatMessage[] = [];
    for (const call of turn.hostedCalls) {
      const content = yield* this.#answer(call, assembly);
      answers.push({ role: 'tool', tool_call_id: call.callId, content });
    }
    const calls = turn.hostedCalls.map(({ callId, name, arguments: args }) => ({
      id: callId,
      type: 'function',
      function: { name, arguments: args },
    }));
    const said = { role: 'assistant' as const, content: turn.text || null, tool_calls: calls };
    this.#messages = [...this.#messages, said, ...answers];
  }

  async *#answer(call: ModelCallOfTool, assembly: ResponseAssembly): AsyncGenerator<ResponseEvent, string> {
    if (this.#callsLeft <= 0) return 'No further calls are allowed.';
    this.#callsLeft -= 1;
    const tool = this.#hosted.get(call.name) as HostedTool;
    return yield* sending(assembly, tool.run(call, assembly.out, this.#signal));
  }

  #add(tools: readonly HostedTool[]): void {
    for (const tool of tools) this.#hosted.set(tool.tool.function.name, tool);
  }

  /** The client's own functions come before a server's tools of the same name. */
  #isTaken(name: string): boolean {
    return (
      this.isHosted(name) || this.#prepared.toolbox.functions.some((tool) => tool.function.name === name)
    );
  }
}

/** Sends what a tool writes, whenever it pauses. */
async function* sending<T>(
  assembly: ResponseAssembly,
  steps: AsyncGenerator<void, T>,
): AsyncGenerator<ResponseEvent, T> {
  for (;;) {
    const step = await steps.next();
    yield* assembly.out.take();
    if (step.done) return step.value;
  }
}
