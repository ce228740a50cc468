import { Type } from 'typebox';
import { type OpenaiError, openaiError } from '../../kit/openai-error.ts';
import type { TypedServer } from '../../kit/server.ts';
import type { Gateway } from '../gateway.ts';
import { recordVote, sessionTooYoung, type VoteResult } from './vote.ts';

const maxVotesPerHour = 50;

/** PostgreSQL texts can't hold NUL. */
const noNul = '^[^\\u0000]*$';
export const VoteBody = Type.Object({
  prompt_id: Type.String({ minLength: 1, maxLength: 64, pattern: noNul }),
  winner: Type.Union([Type.Literal('A'), Type.Literal('B'), Type.Literal('tie'), Type.Literal('both_bad')]),
  user_id: Type.Optional(
    Type.Union([Type.String({ minLength: 1, maxLength: 200, pattern: noNul }), Type.Null()]),
  ),
  session_created_at: Type.Optional(
    Type.Union([Type.Number({ description: 'Seconds or milliseconds since 1970' }), Type.Null()]),
  ),
});
const Recorded = Type.Object({
  status: Type.Literal('recorded'),
  model_a: Type.String(),
  model_b: Type.String(),
});

const refusals: Readonly<Record<Exclude<VoteResult['kind'], 'recorded'>, OpenaiError>> = {
  unknown: openaiError(404, 'No such matchup.', 'invalid_request_error', 'matchup_not_found', 'prompt_id'),
  voted_already: openaiError(
    409,
    'This matchup has its vote.',
    'invalid_request_error',
    'voted_already',
    'prompt_id',
  ),
  too_early: openaiError(400, 'Read both answers first.', 'invalid_request_error', 'vote_too_early'),
  rate_limited: openaiError(
    429,
    `At most ${maxVotesPerHour} votes in an hour.`,
    'rate_limit_error',
    'rate_limit_exceeded',
  ),
};

/** POST /api/arena/vote — one vote for each matchup; it uncovers the two models. */
export function addVoteRoute(app: TypedServer, { settings, sql }: Gateway): void {
  const schema = {
    summary: 'Vote on a matchup',
    tags: ['arena'],
    body: VoteBody,
    response: { 200: Recorded },
  };
  app.post('/api/arena/vote', { schema }, async (request) => {
    const { prompt_id: promptId, winner, user_id, session_created_at: sessionStart } = request.body;
    if (typeof sessionStart === 'number' && sessionTooYoung(sessionStart, Date.now())) {
      throw openaiError(
        403,
        'The session is less than an hour old.',
        'permission_error',
        'session_too_young',
      );
    }
    const voter = user_id ? `user:${user_id}` : `ip:${request.ip}`;
    const rules = { minAgeMs: settings.arenaMinVoteAgeMs, maxPerHour: maxVotesPerHour };
    const result = await recordVote(sql, { promptId, winner, voter }, rules);
    if (result.kind !== 'recorded') throw refusals[result.kind];
    return { status: 'recorded' as const, model_a: result.modelA, model_b: result.modelB };
  });
}
