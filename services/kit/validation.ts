import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Validates with TypeBox. Defaults are filled in everywhere; only query, parameters and headers are converted,
 * because a JSON body has types of its own ("false" in a body is not false).
 */
export const typeboxValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const fills = namesDefault(schema);
  return (value) => {
    // Filling in walks the whole value and interprets the schema: milliseconds for a long conversation.
    const filled = fills ? validator.Default(value) : value;
    const converted = httpPart === 'body' ? filled : validator.Convert(filled);
    if (validator.Check(converted)) return { value: converted };
    return { error: validator.Errors(converted) as never };
  };
};

/** Whether anything in a schema is called `default`; a property of that name only costs the time to look for values. */
function namesDefault(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  return Object.hasOwn(schema, 'default') || Object.values(schema).some(namesDefault);
}
