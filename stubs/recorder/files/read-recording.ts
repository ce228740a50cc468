import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { keyOf } from '../asking/request-key.ts';
import { RecorderError } from '../recorder-error.ts';
import { format, type Recording } from './recording.ts';
import { digestOf } from './recording-text.ts';

const closed = { additionalProperties: false } as const;
const strings = Type.Record(Type.String(), Type.String());
const times = Type.Array(Type.Number({ minimum: 0 }));
const frame = Type.Union([
  Type.String(),
  Type.Object({ data: Type.Unknown(), event: Type.Optional(Type.String()) }, closed),
  Type.Object({ line: Type.Unknown() }, closed),
  Type.Object({ json: Type.Unknown() }, closed),
  Type.Object({ base64: Type.String({ pattern: '^[A-Za-z0-9+/]*={0,2}$' }) }, closed),
]);
const httpAnswer = Type.Object(
  {
    status: Type.Optional(Type.Integer({ minimum: 200, maximum: 599 })),
    headers: strings,
    length: Type.Optional(Type.Union([Type.Literal(true), Type.Integer({ minimum: 0 })])),
    body: Type.Array(Type.Union([frame, Type.Array(frame)])),
    ended: Type.Enum(['complete', 'cut', 'reset', 'left']),
    atMs: times,
  },
  closed,
);
const from = Type.Enum(['client', 'provider']);
const socketAnswer = Type.Object(
  {
    status: Type.Literal(101),
    headers: strings,
    messages: Type.Array(
      Type.Union([
        Type.Object({ from, json: Type.Unknown() }, closed),
        Type.Object({ from, text: Type.String() }, closed),
        Type.Object({ from, base64: Type.String() }, closed),
      ]),
    ),
    ended: Type.Object(
      { by: from, code: Type.Optional(Type.Integer()), reason: Type.Optional(Type.String()) },
      closed,
    ),
    atMs: times,
  },
  closed,
);
const recording = Type.Object(
  {
    format: Type.Literal(format),
    key: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    scope: Type.String({ minLength: 1 }),
    request: Type.Object(
      {
        method: Type.String(),
        upstream: Type.String(),
        path: Type.String(),
        headers: Type.Optional(strings),
        body: Type.Optional(Type.Unknown()),
        text: Type.Optional(Type.String()),
        binary: Type.Optional(Type.Object({ sha256: Type.String(), bytes: Type.Integer() }, closed)),
      },
      closed,
    ),
    answers: Type.Array(Type.Union([httpAnswer, socketAnswer]), { minItems: 1 }),
    recordedAt: Type.String(),
    digest: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  closed,
) satisfies TSchema;
type Shape = Static<typeof recording>;
const shape = Compile(recording);

/**
 * Reads the text of a file of recordings.
 *
 * @param path names it in errors
 * @throws RecorderError RECORDING_TORN, RECORDING_VERSION, RECORDING_INVALID, RECORDING_EDITED
 */
export function readRecording(text: string, path: string): Recording {
  const value = unchecked(text, path);
  const { answers } = value;
  const uneven = answers.findIndex((answer) => {
    const count = 'messages' in answer ? answer.messages.length : answer.body.length + 1;
    return answer.atMs.length !== (answer.status === undefined ? 0 : count);
  });
  if (uneven >= 0)
    throw invalid(path, `answers[${uneven}].atMs has not one time for the head and each piece`);
  if (keyOf(value.scope, value.request) !== value.key)
    throw edited(path, 'its key is not that of its request');
  if (digestOf(value) !== value.digest) throw edited(path, 'its digest is not that of its content');
  return value;
}

/** The same without asking whether it is what was recorded. @throws RecorderError as above but RECORDING_EDITED */
export function unchecked(text: string, path: string): Recording {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RecorderError('RECORDING_TORN', `${path} is no JSON: ${(error as Error).message}`);
  }
  const version = (value as { format?: unknown } | null)?.format;
  if (version !== undefined && version !== format)
    throw new RecorderError(
      'RECORDING_VERSION',
      `${path} has the format ${JSON.stringify(version)}; this recorder reads ${format}. Record it again.`,
    );
  if (!shape.Check(value)) {
    const [first] = shape.Errors(value);
    throw invalid(path, `${first?.instancePath || 'it'} ${first?.message ?? 'is not as it must be'}`);
  }
  return value satisfies Shape as Recording;
}

function invalid(path: string, what: string): RecorderError {
  return new RecorderError('RECORDING_INVALID', `${path} is no recording: ${what}.`);
}

function edited(path: string, what: string): RecorderError {
  return new RecorderError(
    'RECORDING_EDITED',
    `${path} was changed by hand: ${what}. Record it again, or take the change over with \`recordings verify --accept\`.`,
  );
}
