import type { JsonRecord } from '../plan/json.ts';
import { isRecord, type ResponseEvent } from './event-types.ts';
import type { Report } from './finding.ts';
import { missingInResponse } from './item-shape.ts';
import { isSame, type OpenItem, recordsOf, shown, textOf } from './open-item.ts';

/** Statuses that a response may have in each of its events. */
const statuses: Readonly<Record<string, readonly string[]>> = {
  'response.created': ['in_progress', 'queued'],
  'response.queued': ['queued'],
  'response.in_progress': ['in_progress'],
  'response.completed': ['completed'],
  'response.incomplete': ['incomplete'],
  'response.failed': ['failed'],
};
export const terminalTypes: readonly string[] = [
  'response.completed',
  'response.incomplete',
  'response.failed',
];

export const isLifecycle = (type: string): boolean => type in statuses;

/** Codes of `response.failed`: the SDK's closed list. */
const failureCodes: readonly string[] = [
  'server_error',
  'rate_limit_exceeded',
  'invalid_prompt',
  'data_residency_mismatch',
  'bio_policy',
  'misalignment_policy_violation',
  'vector_store_timeout',
  'invalid_image',
  'invalid_image_format',
  'invalid_base64_image',
  'invalid_image_url',
  'image_too_large',
  'image_too_small',
  'image_parse_error',
  'image_content_policy_violation',
  'invalid_image_mode',
  'image_file_too_large',
  'unsupported_image_media_type',
  'empty_image_file',
  'failed_to_download_image',
  'image_file_not_found',
];

/** An event that carries the response: is it the same one, in the status that the event tells? */
export function followLifecycle(
  event: ResponseEvent,
  first: JsonRecord | undefined,
  report: Report,
): undefined {
  const response = event.response as JsonRecord;
  for (const field of missingInResponse(response)) report('response', `it lacks ${field}`);
  if (!statuses[event.type]?.includes(textOf(response.status)))
    report('lifecycle', `its response is ${shown(response.status)}`);
  if (first && first.id !== response.id)
    report('lifecycle', `the response was ${shown(first.id)} and is ${shown(response.id)}`);
  if (first && first.created_at !== response.created_at)
    report('lifecycle', 'it was created at another time');
  const isEnd = terminalTypes.includes(event.type);
  if (!isEnd && isRecord(response.usage)) report('usage', 'it is told before the end');
  if (event.type === 'response.failed') checkFailure(response.error, report);
  else if (isRecord(response.error)) report('lifecycle', `${event.type} with an error`);
  const reason = isRecord(response.incomplete_details) ? response.incomplete_details.reason : undefined;
  if ((event.type === 'response.incomplete') !== (typeof reason === 'string'))
    report('lifecycle', `incomplete_details.reason is ${shown(reason)}`);
}

function checkFailure(error: unknown, report: Report): undefined {
  if (!isRecord(error) || textOf(error.message) === '') return report('lifecycle', 'it says no error');
  if (!failureCodes.includes(textOf(error.code)))
    report('lifecycle', `${shown(error.code)} is no code of a failure`);
}

/** The terminal event against what was streamed. A failed response may have lost what was not done. */
export function checkOutput(event: ResponseEvent, items: readonly OpenItem[], report: Report): undefined {
  const response = event.response as JsonRecord;
  if (event.type === 'response.completed') checkUsage(response.usage, report);
  const output = recordsOf(response.output);
  if (event.type === 'response.failed') {
    for (const item of output) {
      const streamed = items.find(({ id }) => id === item.id);
      if (!streamed) report('output', `${shown(item.id)} was not streamed`);
      else if (streamed.done && !isSame(streamed.done, item))
        report('output', `${shown(item.id)} ended otherwise`);
    }
    return;
  }
  for (const { index, type, done } of items) {
    if (!done) report('close', `item ${index} (${type}) has not ended`);
  }
  if (output.length !== items.length)
    return report('output', `${output.length} items where ${items.length} were streamed`);
  for (const { index, done } of items) {
    if (done && !isSame(done, output[index])) report('output', `item ${index} ended otherwise`);
  }
}

function checkUsage(usage: unknown, report: Report): undefined {
  if (!isRecord(usage)) return report('usage', 'it is not told');
  const [input, output, total] = [usage.input_tokens, usage.output_tokens, usage.total_tokens].map(Number);
  if (Number(input) + Number(output) !== total) report('usage', `${input} and ${output} are not ${total}`);
  if (!isRecord(usage.input_tokens_details) || !isRecord(usage.output_tokens_details))
    report('usage', 'it lacks its details');
}
