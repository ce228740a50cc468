import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { textOfPiece } from '../answers/piece.ts';
import { keyOf } from '../asking/request-key.ts';
import { RecorderError } from '../recorder-error.ts';
import { findSecrets } from '../secrets/find-secrets.ts';
import { streamedTexts } from '../secrets/streamed-texts.ts';
import { recordingFiles, twice } from './load.ts';
import { readRecording, unchecked } from './read-recording.ts';
import { isSocket, type Recording } from './recording.ts';
import { writeRecording } from './write-recording.ts';

export interface Problem {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

/** Everything that is wrong with the recordings of a folder: format, digests, doubles, credentials. */
export function verify(folder: string, secrets: readonly string[]): readonly Problem[] {
  const byKey = new Map<string, string>();
  return recordingFiles(folder).flatMap((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    const problems: Problem[] = [];
    const note = (error: unknown) => {
      if (!(error instanceof RecorderError)) throw error;
      problems.push({ file, code: error.code, message: error.message });
    };
    let bodies: readonly string[] = [];
    try {
      const recording = readRecording(text, join(folder, file));
      bodies = bodiesOf(recording);
      const other = byKey.get(recording.key);
      if (other !== undefined) note(twice(folder, file, other));
      byKey.set(recording.key, file);
    } catch (error) {
      note(error);
    }
    for (const { kind } of findSecrets([text, ...bodies.flatMap(streamedTexts)], secrets))
      note(new RecorderError('RECORDING_SECRET', `${join(folder, file)} holds ${kind}.`));
    return problems;
  });
}

/** Takes over what was changed by hand: the file gets the key and the digest of what it says now. @returns the files */
export function accept(folder: string): readonly string[] {
  return recordingFiles(folder).filter((file) => {
    const path = join(folder, file);
    const text = readFileSync(path, 'utf8');
    try {
      readRecording(text, path);
      return false;
    } catch (error) {
      if (!(error instanceof RecorderError) || error.code !== 'RECORDING_EDITED') return false;
    }
    const { digest: _digest, ...recording } = unchecked(text, path);
    writeRecording(path, { ...recording, key: keyOf(recording.scope, recording.request) });
    return true;
  });
}

/** Bodies as they went over the wire: what pieces and encodings hide. */
function bodiesOf({ answers }: Recording): readonly string[] {
  return answers.flatMap((answer) =>
    isSocket(answer)
      ? answer.messages.map((message) =>
          'base64' in message
            ? Buffer.from(message.base64, 'base64').toString('latin1')
            : JSON.stringify(message),
        )
      : [
          answer.body
            .flat()
            .map((frame) =>
              typeof frame === 'object' && 'base64' in frame
                ? Buffer.from(frame.base64, 'base64').toString('latin1')
                : (textOfPiece(frame) ?? ''),
            )
            .join(''),
        ],
  );
}
