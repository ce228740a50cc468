import type { FastifyReply } from 'fastify';
import { Type } from 'typebox';
import { request as send } from 'undici';
import { readBody } from '../../kit/http/bounded-body.ts';
import { clientGone } from '../../kit/http/client-gone.ts';
import type { TypedServer } from '../../kit/server.ts';
import type { Gateway } from '../gateway.ts';
import { connectionFailure } from '../upstream/upstream-failure.ts';
import {
  failureOfConnection,
  failureOfStatus,
  missingAudio,
  notConfigured,
  parseTranscript,
  type TranscriptionFailure,
} from './transcription.ts';

const timeoutMs = 60_000;
const pingTimeoutMs = 5_000;
const maxAnswerBytes = 4 * 1024 * 1024;
const service = 'The speech service';

const Nullable = (schema: ReturnType<typeof Type.String>) => Type.Union([schema, Type.Null()]);
const Availability = Type.Object({
  available: Type.Boolean(),
  endpoint: Nullable(Type.String()),
  api_key_configured: Type.Boolean(),
  error: Nullable(Type.String()),
});
const Recording = Type.Object({
  audio_b64: Type.Optional(Type.String({ description: 'The recording, base64-encoded' })),
  language: Type.Optional(Nullable(Type.String())),
});
const Transcription = Type.Object({
  text: Type.String(),
  language: Nullable(Type.String()),
  duration: Type.Union([Type.Number(), Type.Null()]),
});

/** /api/transcribe: speech to text by the service at WHISPER_ENDPOINT, and whether that can work. */
export function addTranscribeRoutes(app: TypedServer, { settings, agent, cutOff }: Gateway): void {
  const tags = ['transcribe'];
  const health = { summary: 'Can speech be transcribed?', tags, response: { 200: Availability } };
  app.get('/api/transcribe/health', { schema: health }, async () => {
    const { transcription, whisperEndpoint, apiKeyConfigured } = settings;
    const known = { endpoint: withoutSecrets(whisperEndpoint), api_key_configured: apiKeyConfigured };
    if (transcription === undefined) return { available: false, ...known, error: notConfigured.error };
    try {
      const signal = AbortSignal.any([cutOff, AbortSignal.timeout(pingTimeoutMs)]);
      const { body } = await send(transcription.endpoint, { method: 'OPTIONS', dispatcher: agent, signal });
      await body.dump();
      return { available: true, ...known, error: null };
    } catch (cause) {
      return { available: false, ...known, error: connectionFailure(cause, service).message };
    }
  });

  const schema = { summary: 'Transcribe speech', tags, body: Recording, response: { 200: Transcription } };
  app.post('/api/transcribe', { schema }, async (request, reply) => {
    const { transcription } = settings;
    if (transcription === undefined) return fail(reply, notConfigured);
    const { audio_b64, language } = request.body;
    if (!audio_b64) return fail(reply, missingAudio);
    try {
      const upstream = await send(transcription.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${transcription.apiKey}` },
        body: JSON.stringify({ audio_b64, ...(language ? { language } : {}) }),
        dispatcher: agent,
        signal: AbortSignal.any([clientGone(reply.raw), cutOff, AbortSignal.timeout(timeoutMs)]),
      });
      const bytes = await readBody(upstream.body, maxAnswerBytes);
      if (upstream.statusCode !== 200) return fail(reply, failureOfStatus(upstream.statusCode));
      const transcript = parseTranscript(jsonOf(bytes), language ?? undefined);
      return transcript ? reply.code(200).send(transcript) : fail(reply, failureOfStatus(502));
    } catch (cause) {
      request.log.warn({ err: cause }, 'transcription failed');
      return fail(reply, failureOfConnection(connectionFailure(cause, service).statusCode === 504));
    }
  });
}

/** `detail` is what clients of this endpoint read, `error` what every error of the gateway has. */
function fail(reply: FastifyReply, { status, ...detail }: TranscriptionFailure): FastifyReply {
  const type = status >= 500 ? 'server_error' : 'invalid_request_error';
  const error = { message: detail.error, type, param: null, code: detail.code };
  return reply.code(status).send({ detail, error });
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

function withoutSecrets(endpoint: string | undefined): string | null {
  if (endpoint === undefined) return null;
  const { origin, pathname } = new URL(endpoint);
  return `${origin}${pathname}`;
}
