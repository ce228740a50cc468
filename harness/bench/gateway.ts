import { Agent, request } from 'undici';
import { onBenchStack } from './bench-stack.ts';
import { median, quantile, spread } from './statistics.ts';

const roundsOf = 10;
const requestsPerRound = 50;

/**
 * What the gateway and a baseline add to a direct call of the provider: paired, alternating request by request on kept
 * connections, for JSON answers and for the time to the first content of a stream.
 */
export async function benchGateway(): Promise<void> {
  const agent = new Agent({ connections: 1 });
  await onBenchStack({ profiles: 'core' }, async ({ services }) => {
    const direct = `${services.provider?.url}/v1/chat/completions`;
    const gateway = `${services.gateway?.url}/v1/chat/completions`;
    for (const [name, stream] of [
      ['JSON answer', false],
      ['time to first token', true],
    ] as const) {
      const added: number[] = [];
      const ratios: number[] = [];
      const base: number[] = [];
      const through: number[] = [];
      for (let warm = 0; warm < 20; warm++) {
        await ask(agent, direct, 'scripted', stream);
        await ask(agent, gateway, 'baseline-cli-agent', stream);
      }
      for (let round = 0; round < roundsOf; round++) {
        for (let index = 0; index < requestsPerRound; index++) {
          const a = await ask(agent, direct, 'scripted', stream);
          const b = await ask(agent, gateway, 'baseline-cli-agent', stream);
          base.push(a);
          through.push(b);
          added.push(b - a);
          ratios.push(b / a);
        }
      }
      console.log(`${name}, ${base.length} pairs (milliseconds)`);
      console.log(`  direct   p50 ${ms(base, 0.5)}  p99 ${ms(base, 0.99)}`);
      console.log(`  gateway  p50 ${ms(through, 0.5)}  p99 ${ms(through, 0.99)}`);
      console.log(
        `  added    p50 ${ms(added, 0.5)}  p99 ${ms(added, 0.99)}   ratio ${median(ratios).toFixed(2)} (${spread(ratios)})`,
      );
    }
  });
  await agent.close();
}

/** Milliseconds to the whole JSON answer, or to the first content of a stream. */
async function ask(dispatcher: Agent, url: string, model: string, stream: boolean): Promise<number> {
  const startedAt = performance.now();
  const { body, statusCode } = await request(url, {
    dispatcher,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'What is 2+2?' }] }),
  });
  let first: number | undefined;
  let text = '';
  for await (const chunk of body) {
    text += chunk;
    if (stream && first === undefined && /"content":"[^"]/.test(text)) first = performance.now() - startedAt;
  }
  if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}: ${text.slice(0, 200)}`);
  return first ?? performance.now() - startedAt;
}

const ms = (values: readonly number[], q: number) => quantile(values, q).toFixed(2).padStart(7);
