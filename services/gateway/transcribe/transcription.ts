import { refusesCredentials } from '../../kit/http/connection-failure.ts';

/** A failure of speech recognition, in the words the clients of this endpoint know. */
export interface TranscriptionFailure {
  readonly status: number;
  readonly error: string;
  readonly code:
    | 'TRANSCRIPTION_NOT_CONFIGURED'
    | 'MISSING_AUDIO'
    | 'INVALID_API_KEY'
    | 'RATE_LIMITED'
    | 'UPSTREAM_ERROR'
    | 'TIMEOUT'
    | 'SERVICE_UNREACHABLE';
  readonly recoverable: boolean;
  readonly suggestion: string;
}

export interface Transcript {
  readonly text: string;
  readonly language: string | null;
  /** Seconds. */
  readonly duration: number | null;
}

export const notConfigured: TranscriptionFailure = {
  status: 503,
  error: 'Transcription is not configured.',
  code: 'TRANSCRIPTION_NOT_CONFIGURED',
  recoverable: false,
  suggestion: 'Set WHISPER_ENDPOINT and CHUTES_API_KEY and start the gateway again.',
};

export const missingAudio: TranscriptionFailure = {
  status: 400,
  error: 'The request has no audio.',
  code: 'MISSING_AUDIO',
  recoverable: true,
  suggestion: 'Send the recording base64-encoded in audio_b64.',
};

const tryAgain = 'Try again in a moment.';

/** The failure for a status of the speech service that is not 200. */
export function failureOfStatus(status: number): TranscriptionFailure {
  if (refusesCredentials(status)) {
    const suggestion = 'Check CHUTES_API_KEY.';
    return {
      status: 503,
      error: 'The speech service refused the API key.',
      code: 'INVALID_API_KEY',
      recoverable: false,
      suggestion,
    };
  }
  if (status === 429) {
    return {
      status,
      error: 'Too many transcriptions.',
      code: 'RATE_LIMITED',
      recoverable: true,
      suggestion: tryAgain,
    };
  }
  return {
    status: status >= 400 && status <= 599 ? status : 502,
    error: `The speech service answered with status ${status}.`,
    code: 'UPSTREAM_ERROR',
    recoverable: status >= 500,
    suggestion: tryAgain,
  };
}

/** The failure of a connection, by whether a time ran out. */
export function failureOfConnection(timedOut: boolean): TranscriptionFailure {
  return timedOut
    ? {
        status: 504,
        error: 'The speech service did not answer in time.',
        code: 'TIMEOUT',
        recoverable: true,
        suggestion: 'Try a shorter recording.',
      }
    : {
        status: 502,
        error: 'The speech service cannot be reached.',
        code: 'SERVICE_UNREACHABLE',
        recoverable: true,
        suggestion: tryAgain,
      };
}

/** Reads the two shapes speech services answer with: a list of segments, or an object with the text. */
export function parseTranscript(answer: unknown, askedLanguage: string | undefined): Transcript | undefined {
  if (Array.isArray(answer)) {
    const segments = answer.filter(isRecord);
    if (segments.length !== answer.length) return undefined;
    const texts = segments.map(({ text }) => (typeof text === 'string' ? text.trim() : ''));
    const ends = segments.map(({ end }) => end).filter((end) => typeof end === 'number');
    return {
      text: texts.filter(Boolean).join(' '),
      language: askedLanguage ?? null,
      duration: ends.length > 0 ? Math.max(...ends) : null,
    };
  }
  if (!isRecord(answer)) return undefined;
  const text = answer.text ?? answer.transcription;
  if (typeof text !== 'string') return undefined;
  const { language, duration } = answer;
  return {
    text,
    language: typeof language === 'string' ? language : (askedLanguage ?? null),
    duration: typeof duration === 'number' ? duration : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
