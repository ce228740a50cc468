import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Recording } from './recording.ts';
import { sealed, textOfRecording, type Unsealed } from './recording-text.ts';

let written = 0;

/** Writes a recording whole or not at all, whoever else writes or reads that file. */
export function writeRecording(path: string, unsealed: Unsealed): Recording {
  const recording = sealed(unsealed);
  mkdirSync(dirname(path), { recursive: true });
  written += 1;
  const unfinished = `${path}.${process.pid}-${written}.unfinished`;
  try {
    writeFileSync(unfinished, textOfRecording(recording));
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  return recording;
}
