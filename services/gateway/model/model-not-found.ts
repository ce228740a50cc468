import { type OpenaiError, openaiError } from '../../kit/openai-error.ts';

/** The error of the OpenAI API for a model it does not have; `param` names the field that asked for it. */
export function modelNotFound(model: string, param: string): OpenaiError {
  const message = `The model '${model}' does not exist.`;
  return openaiError(404, message, 'invalid_request_error', 'model_not_found', param);
}
