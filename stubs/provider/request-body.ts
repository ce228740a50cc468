import { ApiError } from './api-error.ts';

/** Throws {@link ApiError} 400 when the body is not JSON. */
export function parseBody(raw: Buffer): unknown {
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw new ApiError(400, 'We could not parse the JSON body of your request.');
  }
}
