import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { databaseAnswer } from '../../kit/database-answer.ts';
import { callSignal } from '../../kit/http/call-signal.ts';
import { openEventStream } from '../../kit/http/sse.ts';
import { lastEventIdOf } from '../event-log/last-event-id.ts';
import { invalidRequest } from '../responses/request/check.ts';
import { unchecked } from '../responses/routes/json-body.ts';
import { pageQuery, readPaging } from '../responses/routes/paging.ts';
import { type AgentRun, type RunStatus, runNotFound, shownRun } from './agent-run.ts';
import type { AgentsContext } from './agents.ts';
import { followRun, type LogLine } from './run-log.ts';
import { findRun, listRuns, messagesOf, outputOf } from './run-store.ts';

const params = Type.Object({ id: Type.String() });
const tags = ['agents'];
const statuses: readonly RunStatus[] = ['running', 'completed', 'failed', 'stopped', 'interrupted'];

interface ById {
  readonly Params: { readonly id: string };
}
interface WithQuery {
  readonly Querystring: Readonly<Record<string, unknown>>;
}

/** The heartbeat of agentapi-plusplus: an event, not a comment. */
const heartbeat = 'data: {"type":"heartbeat"}\n\n';

/** What there is to see of agent runs: list, status, messages and logs. Another tenant's are not there: 404. */
export function addReadRoutes(scope: FastifyInstance, context: AgentsContext): void {
  const { sql, stream, draining, followers } = context;
  const found = async ({ caller, params: { id } }: FastifyRequest<ById>): Promise<AgentRun> => {
    const run = await databaseAnswer(findRun(sql, caller.tenant, id));
    if (run === undefined) throw runNotFound(id);
    return run;
  };

  scope.get<WithQuery>(
    '/agent/runs',
    {
      schema: {
        summary: 'List agent runs',
        tags,
        querystring: Type.Object({
          ...pageQuery.properties,
          status: Type.Optional(Type.Union(statuses.map((status) => Type.Literal(status)))),
        }),
      },
      ...unchecked,
    },
    async ({ caller, query }) => {
      const { limit, order, after } = readPaging(query);
      const before =
        after === undefined ? undefined : await databaseAnswer(findRun(sql, caller.tenant, after));
      if (after !== undefined && before === undefined) {
        throw invalidRequest("Invalid value for 'after': no run has this id.", 'invalid_value', 'after');
      }
      const asked = { status: statusIn(query.status), limit, order, after: before };
      const runs = await databaseAnswer(listRuns(sql, caller.tenant, asked));
      const data = runs.slice(0, limit).map(shownRun);
      return {
        object: 'list',
        data,
        first_id: data[0]?.session_id ?? null,
        last_id: data.at(-1)?.session_id ?? null,
        has_more: runs.length > limit,
      };
    },
  );

  scope.get<ById>(
    '/agent/:id/status',
    { schema: { summary: 'How an agent run is', tags, params }, ...unchecked },
    async (request) => {
      const run = await found(request);
      return { ...shownRun(run), output: await databaseAnswer(outputOf(sql, run)) };
    },
  );

  scope.get<ById>(
    '/agent/:id/messages',
    { schema: { summary: 'The conversation of an agent run', tags, params }, ...unchecked },
    async (request) => {
      const { id, status } = await found(request);
      const messages = (await databaseAnswer(messagesOf(sql, id))).map(({ created_at, ...message }) => ({
        ...message,
        time: created_at.toISOString(),
      }));
      return { session_id: id, status, messages };
    },
  );

  scope.get<ById>(
    '/agent/:id/logs',
    {
      schema: {
        summary: 'The log of an agent run',
        description:
          'As `text/event-stream`, live until the run ends. `Last-Event-ID`, or `last_event_id`, goes on behind an id; a stream ' +
          'without a last `{"type":"end"}` was broken off.',
        tags,
        params,
        querystring: Type.Object({ last_event_id: Type.Optional(Type.Integer({ minimum: 0 })) }),
      },
      ...unchecked,
      exposeHeadRoute: false,
    },
    async (request, reply) => {
      const { caller, params: asked } = request;
      const after = lastEventIdOf(request) ?? 0;
      using _place = followers.enter(caller.tenant);
      const signal = callSignal(reply.raw, draining);
      const lines = followRun(context, caller.tenant, asked.id, after, signal);
      // The first one is awaited: a run that is not there is answered with its status.
      let step = await lines.next();
      const client = openEventStream(reply, {
        keepAliveMs: stream.keepAliveMs,
        keepAliveFrame: heartbeat,
        stallTimeoutMs: stream.requestTimeoutMs,
      });
      try {
        while (!step.done) {
          await client.write(frameOf(step.value));
          step = await lines.next();
        }
      } catch (err) {
        // Whatever it was, a log without its end is known to be cut.
        if (!client.aborted.aborted) request.log.error({ err }, 'agent log broke off');
      } finally {
        await lines.return();
        client.end();
      }
      return reply;
    },
  );
}

const frameOf = ({ id, data }: LogLine): string =>
  `${id === undefined ? '' : `id: ${id}\n`}data: ${data}\n\n`;

function statusIn(given: unknown): RunStatus | undefined {
  if (given === undefined) return undefined;
  const status = statuses.find((one) => one === given);
  if (status) return status;
  throw invalidRequest(
    `Invalid value for 'status': it must be one of ${statuses.join(', ')}.`,
    'invalid_value',
    'status',
  );
}
