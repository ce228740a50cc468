import axios from 'axios';
import { says } from '../../harness/suite/chat.ts';
import { type JournalEntry, journalOf } from '../../harness/suite/journal.ts';
import { type Directives, newOperation } from '../../harness/suite/operation.ts';
import { skip } from '../../harness/suite/skip.ts';
import { optionalService, service } from '../../harness/suite/stack.ts';
import type { WorkerClient } from '../../harness/workers/client.ts';

/** A provider of compose.yaml that nothing but this suite asks, by its name in the figures and its model. */
export const provider = 'metered';
export const meteredModel = 'scripted-metered';
/** How long each answer of the provider is held back, unless a test says more: all of its latencies are known so. */
export const usualMs = 150;

/** A key of a gateway that knows keys (GATEWAY_API_KEYS), as a header. */
export function credentials(): Readonly<Record<string, string>> {
  const [key] = (process.env.GATEWAY_API_KEYS ?? '').split(',');
  return key ? { authorization: `Bearer ${key}` } : {};
}

/** What GET /v1/metrics/providers tells of one provider. */
export interface Figures {
  readonly request_count: number;
  readonly success_count: number;
  readonly failure_count: number;
  readonly total_tokens: number;
  readonly success_rate: number;
  readonly latency_p50_ms?: number;
  readonly latency_p95_ms?: number;
}

export const figuresIn = (body: unknown): Figures => (body as Record<string, Figures>)[provider] as Figures;

/** Skips the running test where the gateway does not have the provider, or the provider keeps no journal. */
export async function needsMetered(): Promise<void> {
  if (!optionalService('provider')) skip('this stack has no scripted provider');
  const { data, status } = await axios.get(`${service('gateway').url}/v1/models`, {
    validateStatus: () => true,
    timeout: 10_000,
    headers: credentials(),
  });
  const offered = (data?.data ?? []).some(({ id }: { id: string }) => id === meteredModel);
  if (!offered)
    skip(`the gateway does not offer ${meteredModel}: GET /v1/models answered ${status} without it`);
}

/** A call of the metered model through one worker, with what the provider's journal has of it. */
export async function call(worker: WorkerClient, directives: Directives = {}, more: object = {}) {
  const { id, mark } = newOperation({ ttft: usualMs, ...directives });
  const startedAt = performance.now();
  const body = { model: meteredModel, messages: says(`Hi ${mark}`), ...more };
  const answer = await worker.post('/v1/chat/completions', body, { headers: credentials() });
  const tookMs = performance.now() - startedAt;
  return { id, answer, tookMs, attempts: await journalOf(id) };
}

/** Tokens of the answers that the provider gave whole and told the tokens of. */
export const tokensOf = (attempts: readonly JournalEntry[]): number =>
  attempts
    .filter(({ status, saysUsage }) => status === 200 && saysUsage)
    .reduce((sum, { usage }) => sum + usage.promptTokens + usage.completionTokens, 0);
