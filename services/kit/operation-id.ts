import type { FastifyRequest } from 'fastify';

const directive = /\[\[\s*\w+=[^[\]]*\]\]/g;

/** All `[[key=value …]]` directives of a text, as they stand there. */
export function findDirectives(text: string): readonly string[] {
  return text.match(directive) ?? [];
}

/**
 * The text without its directives, for what must not carry them into another request. Only a text that names an operation
 * or an addressee (`[[op=…]]`, `[[at=…]]`) has any: what people write in double brackets is theirs and stays.
 */
export function withoutDirectives(text: string): string {
  const addressed = findDirectives(text).some((found) => /[[\s](?:op|at)=/.test(found));
  return addressed ? text.replace(directive, ' ') : text;
}

/** The operation id (`[[op=ID]]`) that travels in a text, if there is one. */
export function operationIdOf(text: string): string | undefined {
  for (const found of findDirectives(text)) {
    const id = /[[\s]op=([^\s\]]+)/.exec(found)?.[1];
    if (id !== undefined) return id;
  }
  return undefined;
}

interface MessageLike {
  readonly role: string;
  readonly content?: unknown;
}

/** Text of the last user message; of content parts, the joined text parts. */
export function lastUserText(messages: readonly MessageLike[]): string {
  const content = messages.findLast((message) => message.role === 'user')?.content;
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map((part: { text?: unknown }) => (typeof part.text === 'string' ? part.text : ''))
    .join('\n');
}

/** Adds the operation id of the last user message, if any, to all further log lines of this request. */
export function tagOperation(request: FastifyRequest, messages: readonly MessageLike[]): string | undefined {
  const op = operationIdOf(lastUserText(messages));
  if (op !== undefined) request.log = request.log.child({ op });
  return op;
}
