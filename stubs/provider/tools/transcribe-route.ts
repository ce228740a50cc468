import type { FastifyInstance } from 'fastify';
import { ApiError } from '../api-error.ts';
import { readDirectives, withoutDirectives } from '../directives.ts';
import { parseBody } from '../request-body.ts';
import { readWav } from './wav.ts';

/**
 * `POST /transcribe` with `{audio_b64, language?}`: "hears" the comment of a WAV file, one segment per sentence.
 * The comment may order a refusal by a directive `[[status=…]]`.
 */
export function transcribeRoute(server: FastifyInstance): void {
  server.post('/transcribe', async (request) => {
    const { audio_b64: audio } = (parseBody(request.body as Buffer) ?? {}) as { audio_b64?: unknown };
    if (typeof audio !== 'string') throw new ApiError(400, 'audio_b64 is missing', { param: 'audio_b64' });
    const recording = readWav(Buffer.from(audio, 'base64'));
    if (recording === undefined) throw new ApiError(400, 'this is no WAV recording', { param: 'audio_b64' });
    const { status } = readDirectives(recording.comment, 'chat');
    if (status !== undefined) throw new ApiError(status, `The recording asked for status ${status}.`);
    return segmentsOf(withoutDirectives(recording.comment), recording.seconds);
  });
}

/** The sentences of a text, spread evenly over the time. */
function segmentsOf(text: string, seconds: number) {
  const sentences = text.split(/(?<=[.!?])\s+/);
  const each = seconds / sentences.length;
  return sentences.map((sentence, at) => ({ start: at * each, end: (at + 1) * each, text: ` ${sentence}` }));
}
