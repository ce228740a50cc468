import { randomUUID } from 'node:crypto';
import { askAgent, type ShownRun } from '../agents/agent-client.ts';
import { idsIn, outputIn, readLog } from '../agents/agent-log.ts';
import { newOperation } from '../operation.ts';
import { type Attempt, doubled, type Ledger, newNotes, shown, untilDone, untilRead } from './ledger.ts';

const tokens = 8;
const whole = Array.from({ length: tokens }, (_, at) => `w${at + 1}`).join(' ');
const maxResumptions = 40;

/** Agent runs, each with a key; one that is interrupted is resumed until it is complete. */
export function agentRunsLedger(model: string): Ledger {
  const notes = newNotes();
  const begun: string[] = [];

  /** The run once it is no longer under way. */
  const ended = (id: string) =>
    untilRead(notes, `the end of ${id}`, async (): Promise<Attempt<ShownRun | undefined>> => {
      const answer = await asked('GET', `/${id}/status`);
      if ('said' in answer) return answer.status === 404 ? { done: undefined } : answer;
      return answer.done.status === 'running' ? { status: 200, said: 'running' } : answer;
    });

  return {
    name: 'agent runs',
    ...notes,
    async write() {
      const { mark } = newOperation({ tokens, tps: 40 });
      const idempotencyKey = randomUUID();
      const body = { model, prompt: `Hi ${mark}` };
      const { session_id: id } = await untilDone(notes, 'a run', () =>
        asked('POST', '/start', body, idempotencyKey),
      );
      begun.push(id);
      let run = await ended(id);
      for (let resumed = 0; run && run.status !== 'completed' && resumed < maxResumptions; resumed += 1) {
        await untilRead(notes, `a resumption of ${id}`, () => asked('POST', `/${id}/resume`));
        run = await ended(id);
      }
      if (run?.status !== 'completed') notes.wrong.push(`the run ${id} is ${run?.status ?? 'lost'}`);
    },
    async account() {
      const findings = [...notes.wrong, ...doubled(begun).map((id) => `the run ${id} was begun twice`)];
      for (const id of begun) {
        const { status, body } = await askAgent('GET', `/${id}/status`);
        if (status !== 200) findings.push(`the run ${id} is lost: ${status}`);
        else if (body.status === 'completed' && body.output !== whole)
          findings.push(`the run ${id} is complete with "${body.output}"`);
        const said = await askAgent('GET', `/${id}/messages`);
        if (said.body.messages?.length !== 2) findings.push(`the run ${id} has ${shown(said.body)}`);
        const { lines } = await readLog(id);
        if (`${idsIn(lines)}` !== `${idsIn(lines).map((_, at) => at + 1)}`)
          findings.push(`the log of ${id} has the ids ${idsIn(lines)}`);
        if (body.attempt !== undefined && outputIn(lines, body.attempt) !== body.output)
          findings.push(`the log of ${id} says "${outputIn(lines, body.attempt)}"`);
      }
      return findings;
    },
  };
}

async function asked(
  method: string,
  path: string,
  body?: object,
  idempotencyKey?: string,
): Promise<Attempt<ShownRun>> {
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const answer = await askAgent(method, path, body, key);
  return answer.status === 200 ? { done: answer.body } : { status: answer.status, said: shown(answer.body) };
}
