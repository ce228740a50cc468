import type { FastifyInstance } from 'fastify';
import { invalidRequest } from './anthropic-error.ts';

/** Deeper than any tool schema; what is written out again must not exhaust the stack. */
const maxDepth = 200;
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads the JSON bodies of `scope`: bytes that are no UTF-8 and deep nesting are refused with 400, as broken JSON is. */
export function addJsonBody(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const text = textOf(body as Buffer);
    if (text === undefined) {
      done(invalidRequest('The request body is not valid UTF-8.', 'request_body_encoding_invalid'));
      return;
    }
    parseJson(request, text, (error, value) => {
      if (error) done(error);
      else if (isDeeper(value, maxDepth)) {
        done(
          invalidRequest(`The request body is nested deeper than ${maxDepth} levels.`, 'nested_too_deeply'),
        );
      } else done(null, value);
    });
  });
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Goes down no further than `depth`, whatever the value. */
function isDeeper(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((inner) => isDeeper(inner, depth - 1));
}
