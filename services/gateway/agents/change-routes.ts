import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { TransactionSql } from '../../kit/database.ts';
import { databaseAnswer } from '../../kit/database-answer.ts';
import { callSignal } from '../../kit/http/call-signal.ts';
import { openaiError } from '../../kit/openai-error.ts';
import { operationIdOf } from '../../kit/operation-id.ts';
import { digestOf, idempotencyKeyOf } from '../idempotency/idempotency-key.ts';
import { unchecked } from '../responses/routes/json-body.ts';
import { newId } from '../responses/run/new-id.ts';
import {
  agentOf,
  capabilityIn,
  checkContent,
  checkDirectory,
  MessageBody,
  ResumeBody,
  readBody,
  StartBody,
} from './agent-request.ts';
import { shownRun } from './agent-run.ts';
import type { AgentsContext } from './agents.ts';
import { type Changed, continueRun, resumeRun, startRun, stopRun } from './run-changes.ts';

const params = Type.Object({ id: Type.String() });
const tags = ['agents'];

interface ById {
  readonly Params: { readonly id: string };
}

/**
 * What can be done to agent runs: start, resume, continue, stop. Another tenant's are not there: 404. All but stop take an
 * `Idempotency-Key`.
 */
export function addChangeRoutes(scope: FastifyInstance, context: AgentsContext): void {
  const { sql, log, once, runs, cutOff, competitors, targets } = context;

  /** Makes a change once for its key, and answers with the run and what `told` adds. */
  const change = async (
    request: FastifyRequest,
    reply: FastifyReply,
    id: string,
    asked: unknown,
    make: (tx: TransactionSql) => Promise<Changed>,
    told: (changed: Changed) => object,
  ): Promise<FastifyReply> => {
    const { tenant } = request.caller;
    const route = `${request.method} ${request.routeOptions.url}`;
    const ids = { requestId: request.id, correlationId: request.correlationId, log: request.log };
    const signal = callSignal(reply.raw, cutOff);
    const key = idempotencyKeyOf(request.raw);
    const keyed = { tenant, route, key, digest: digestOf(asked) };
    const replay = await once.once(keyed, signal, async (keep) => {
      const { answer } = await runs.change(id, ids, async (tx) => {
        const changed = await make(tx);
        const body = JSON.stringify({ ...shownRun(changed.run), ...told(changed) });
        await keep(tx, { status: 200, body });
        return { ...changed, answer: { status: 200, body } };
      });
      return answer;
    });
    if (replay.isReplay) reply.header('idempotent-replayed', 'true');
    return reply.code(replay.status).type('application/json; charset=utf-8').send(replay.body);
  };

  scope.post(
    '/agent/start',
    {
      schema: {
        summary: 'Start an agent run',
        description: 'Answers at once; the run goes on by itself, on whichever worker took it.',
        tags,
        body: StartBody,
      },
      ...unchecked,
    },
    async (request, reply) => {
      const body = readBody(StartBody, request.body);
      checkDirectory(body.cwd);
      const content = checkContent(body.prompt, 'prompt');
      const agent = agentOf(body, competitors, targets);
      const { tenant } = request.caller;
      tag(request, content);
      const id = newId('sess');
      const message = { content, ...capabilityIn(body.capability, '') };
      return change(
        request,
        reply,
        id,
        body,
        (tx) => startRun(tx, context, { id, tenant, agent, message }),
        ({ run }) => ({ message: 'The agent was started.', logs_url: `/agent/${run.id}/logs` }),
      );
    },
  );

  scope.post<ById>(
    '/agent/:id/resume',
    {
      schema: {
        summary: 'Resume an agent run',
        description:
          'Has the latest message of a run answered anew that was stopped, failed or interrupted. A run that is under ' +
          'way, or complete, stays as it is.',
        tags,
        params,
        body: ResumeBody,
      },
      ...unchecked,
    },
    async (request, reply) => {
      const { id } = request.params;
      const body = readBody(ResumeBody, request.body);
      capabilityIn(body.capability, id);
      return change(
        request,
        reply,
        id,
        { id, ...body },
        (tx) => resumeRun(tx, context, request.caller.tenant, id),
        ({ begun, run }) => ({
          resumed: begun,
          message: begun ? 'The agent was resumed.' : `There is nothing to resume: the run is ${run.status}.`,
        }),
      );
    },
  );

  scope.post<ById>(
    '/agent/:id/messages',
    {
      schema: {
        summary: 'Continue an agent run',
        description: 'Says more to an agent that is not answering, with all that was said before.',
        tags,
        params,
        body: MessageBody,
      },
      ...unchecked,
    },
    async (request, reply) => {
      const { id } = request.params;
      const body = readBody(MessageBody, request.body);
      if (body.type === 'raw') throw rawUnsupported();
      const content = checkContent(body.content, 'content');
      tag(request, content);
      const message = { content, ...capabilityIn(body.capability, id) };
      return change(
        request,
        reply,
        id,
        { id, ...body },
        (tx) => continueRun(tx, context, request.caller.tenant, id, message),
        ({ messageId }) => ({ ok: true, message_id: messageId }),
      );
    },
  );

  scope.post<ById>(
    '/agent/:id/stop',
    {
      schema: {
        summary: 'Stop an agent run',
        description: 'Hangs up on the agent, whichever worker runs it. A run that has ended stays as it is.',
        tags,
        params,
      },
      ...unchecked,
    },
    async ({ caller, params: { id } }) => {
      const run = await databaseAnswer(sql.begin((tx) => stopRun(tx, log, caller.tenant, id)));
      const message = run.status === 'stopped' ? 'The agent was stopped.' : `The run is ${run.status}.`;
      return { ...shownRun(run), message };
    },
  );
}

function tag(request: FastifyRequest, content: string): void {
  const op = operationIdOf(content);
  if (op !== undefined) request.log = request.log.child({ op });
}

const rawUnsupported = () =>
  openaiError(
    400,
    "Messages of type 'raw' are for terminals: agents of this gateway have none.",
    'invalid_request_error',
    'unsupported_value',
    'type',
  );
