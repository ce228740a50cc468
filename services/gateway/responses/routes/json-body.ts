import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { openaiError } from '../../../kit/openai-error.ts';

/**
 * Reads JSON bodies of a scope strictly: bytes that are no UTF-8 are refused with 400 `invalid_json` like any other text
 * that is no JSON, instead of becoming replacement characters that nobody sent.
 */
export function readStrictJson(scope: FastifyInstance): void {
  scope.removeContentTypeParser(['application/json', 'text/plain']);
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    // A DELETE may name a type and send nothing; where a body is needed, the route misses it.
    if (body.length === 0) return done(null, undefined);
    if (!isUtf8(body)) return done(notJson());
    try {
      done(null, JSON.parse(body.toString('utf8')));
    } catch {
      done(notJson());
    }
  });
}

/** For routes that check their bodies themselves: the schema documents, and answers are 400 as in the OpenAI API. */
export const unchecked = {
  validatorCompiler: () => (value: unknown) => ({ value }),
};

const notJson = () =>
  openaiError(400, 'The request body is not valid JSON.', 'invalid_request_error', 'invalid_json');
