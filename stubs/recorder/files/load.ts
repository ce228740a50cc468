import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { RecorderError } from '../recorder-error.ts';
import { readRecording } from './read-recording.ts';
import type { Recording } from './recording.ts';

/** A recording and its file, relative to the folder of recordings. */
export interface Filed {
  readonly file: string;
  readonly recording: Recording;
}

/** The files of recordings below a folder, in the order of their names; none when there is no such folder. */
export function recordingFiles(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new RecorderError(
      'RECORDER_SETTINGS',
      `The folder of recordings ${folder} cannot be read: ${(error as Error).message}`,
    );
  }
}

/**
 * Reads all recordings of a folder.
 *
 * @throws RecorderError of the first file that is none, and RECORDING_DOUBLE when two files answer the same request: which of
 *   them comes first is told nowhere
 */
export function loadRecordings(folder: string): readonly Filed[] {
  const byKey = new Map<string, Filed>();
  for (const file of recordingFiles(folder)) {
    const recording = readFile(folder, file);
    const other = byKey.get(recording.key);
    if (other) throw twice(folder, file, other.file);
    byKey.set(recording.key, { file, recording });
  }
  return [...byKey.values()];
}

/** The same for recordings that are about to be written over: those that cannot be used are passed over. */
export function loadUsable(folder: string): readonly Filed[] {
  return recordingFiles(folder).flatMap((file) => {
    try {
      return { file, recording: readFile(folder, file) };
    } catch {
      return [];
    }
  });
}

function readFile(folder: string, file: string): Recording {
  const path = join(folder, file);
  return readRecording(readFileSync(path, 'utf8'), path);
}

export function twice(folder: string, file: string, other: string): RecorderError {
  return new RecorderError(
    'RECORDING_DOUBLE',
    `${join(folder, file)} and ${join(folder, other)} answer the same request; answers to a repeated request belong in one file, in their order.`,
  );
}
