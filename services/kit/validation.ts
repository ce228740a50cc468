import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Validates with TypeBox. Defaults are filled in everywhere; only query, parameters and headers are converted,
 * because a JSON body has types of its own ("false" in a body is not false).
 */
export const typeboxValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (value) => {
    const filled = validator.Default(value);
    const converted = httpPart === 'body' ? filled : validator.Convert(filled);
    if (validator.Check(converted)) return { value: converted };
    return { error: validator.Errors(converted) as never };
  };
};
