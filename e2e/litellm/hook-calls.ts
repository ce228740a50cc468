import type { Sql } from 'postgres';
import { chunksOf, postForStream, type SeenStream } from '../../harness/suite/event-stream.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { service } from '../../harness/suite/stack.ts';
import { until } from '../../harness/suite/until.ts';
import { authorization, model } from './litellm-client.ts';

/** One call of a hook, as the probe of stubs/hooks noted it. */
export interface HookCall {
  readonly op: string;
  readonly pid: number;
  readonly probe: 'first' | 'second' | 'guardrail';
  readonly hook: string;
  readonly detail: string;
}

/** A request that is traced, and what became of it. */
export interface Traced {
  readonly id: string;
  readonly status: number;
  readonly headers: Headers;
  readonly stream: SeenStream;
  /** The text of the answer, whole or streamed. */
  readonly text: string;
  /** The message of the error, if there is one. */
  readonly error: string;
}

/** The LiteLLM whose callbacks write down their calls. */
export const probed = 'litellm-ha';

/** Asks the probed LiteLLM with the directives; an answer of any kind is taken as it comes. */
export async function traced(
  directives: Directives = {},
  { streamed = false, model: asked = model, path = '/v1/chat/completions' } = {},
): Promise<Traced> {
  const { id, mark } = newOperation({ trace: 1, ...directives });
  const stream = await postForStream({
    url: `${service(probed).url}${path}`,
    headers: authorization(),
    body: { model: asked, messages: [{ role: 'user', content: `Traced ${mark}` }], stream: streamed },
  });
  const isEvents = stream.contentType.startsWith('text/event-stream');
  const answer = isEvents ? undefined : (JSON.parse(stream.body) as Answer);
  const chunks = isEvents ? chunksOf(stream) : [];
  const pieces = chunks.map(({ choices }) => choices?.[0]?.delta?.content ?? '');
  return {
    id,
    status: stream.status,
    headers: stream.headers,
    stream,
    text: answer ? (answer.choices?.[0]?.message?.content ?? '') : pieces.join(''),
    error: answer?.error?.message ?? chunks.find(({ error }) => error)?.error?.message ?? '',
  };
}

interface Answer {
  readonly choices?: readonly { readonly message?: { readonly content?: string } }[];
  readonly error?: { readonly message: string };
}

/** Calls of hooks for these operations, each worker's in their order. */
export async function callsOf(sql: Sql, ops: readonly string[]): Promise<readonly HookCall[]> {
  return await sql<HookCall[]>`
    select op, pid, probe, hook, detail from hooks.calls where op = any(${[...ops]}) order by pid, n`;
}

/** The same once `hook` of both probes has been called for each of them: ends are noted after the answer. */
export async function callsUntil(
  sql: Sql,
  ops: readonly string[],
  hook: string,
  boundMs = 20_000,
): Promise<readonly HookCall[]> {
  return await until(
    `both probes have been called for "${hook}" of ${ops.length} requests`,
    async () => {
      const calls = await callsOf(sql, ops);
      const ended = new Set(
        calls.filter((call) => call.hook === hook).map(({ op, probe }) => `${op} ${probe}`),
      );
      return ended.size >= 2 * ops.length && calls;
    },
    boundMs,
  );
}

/** The hooks of one probe in their order, without those whose place is open: what runs beside the call, and loggers. */
export function inOrder(calls: readonly HookCall[], probe: HookCall['probe']): readonly string[] {
  return calls
    .filter((call) => call.probe === probe && !['moderation', 'chunk'].includes(call.hook) && !isLogger(call))
    .map(({ hook }) => hook);
}

const isLogger = ({ hook }: HookCall) => /^(async_)?log_(success|failure)$/.test(hook);

/** How often each of these hooks was called by a probe. */
export function countsOf<Hook extends string>(
  calls: readonly HookCall[],
  probe: HookCall['probe'],
  hooks: readonly Hook[],
): Record<Hook, number> {
  const count = (hook: Hook) => calls.filter((call) => call.probe === probe && call.hook === hook).length;
  return Object.fromEntries(hooks.map((hook) => [hook, count(hook)])) as Record<Hook, number>;
}
