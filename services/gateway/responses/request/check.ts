import type { Static, TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { type OpenaiError, openaiError } from '../../../kit/openai-error.ts';

const compiled = new WeakMap<TSchema, Validator>();

/** A 400 of the OpenAI API that names the field. */
export function invalidRequest(message: string, code: string | null, param: string | null): OpenaiError {
  return openaiError(400, message, 'invalid_request_error', code, param);
}

/**
 * The value if it fits the schema, at `path` of the request. Throws 400 with the field's name: `missing_required_parameter`,
 * `unknown_parameter`, `invalid_type`, or
 * `invalid_value`.
 */
export function check<T extends TSchema>(schema: T, value: unknown, path: string): Static<T> {
  let validator = compiled.get(schema);
  if (validator === undefined) {
    validator = Compile(schema) as unknown as Validator;
    compiled.set(schema, validator);
  }
  if (validator.Check(value)) return value as Static<T>;
  throw refusal(validator.Errors(value) as readonly Violation[], path);
}

interface Violation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message: string;
  readonly params: {
    readonly requiredProperties?: readonly string[];
    readonly additionalProperties?: readonly string[];
    readonly allowedValue?: unknown;
  };
}

function refusal(violations: readonly Violation[], path: string): OpenaiError {
  const extra = violations.find(({ params }) => params.additionalProperties !== undefined);
  const first = extra ?? violations[0];
  const at = (first?.instancePath ?? '').split('/').slice(1).map(unescapedPointer);
  const missing = first?.params.requiredProperties?.[0];
  if (missing !== undefined) {
    const name = joined(path, [...at, missing]);
    return invalidRequest(`Missing required parameter: '${name}'.`, 'missing_required_parameter', name);
  }
  const unknown = first?.params.additionalProperties?.[0];
  if (unknown !== undefined) {
    const name = joined(path, [...at, unknown]).slice(0, 200);
    return invalidRequest(`Unknown parameter: '${name}'.`, 'unknown_parameter', name);
  }
  const name = joined(path, at) || 'body';
  const values = violations.flatMap(({ keyword, instancePath, params }) =>
    keyword === 'const' && instancePath === first?.instancePath ? [`'${String(params.allowedValue)}'`] : [],
  );
  const rule = values.length > 0 ? `must be one of ${values.join(', ')}` : (first?.message ?? 'is not valid');
  const code = first?.keyword === 'type' ? 'invalid_type' : 'invalid_value';
  return invalidRequest(`Invalid value for '${name}': it ${rule}.`, code, name);
}

/** Names as the API writes them: `input[0].content`. */
function joined(path: string, parts: readonly string[]): string {
  return parts.reduce(
    (name, part) => (/^\d+$/.test(part) ? `${name}[${part}]` : name === '' ? part : `${name}.${part}`),
    path,
  );
}

const unescapedPointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');
