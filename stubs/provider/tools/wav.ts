/** What the stub hears in a recording. */
export interface Recording {
  readonly seconds: number;
  /** Comment of the recording (RIFF INFO chunk `ICMT`); empty without one. */
  readonly comment: string;
}

/** Reads a WAV file (RIFF, "Multimedia Programming Interface 1.0"); undefined when it is none or is cut off. */
export function readWav(bytes: Buffer): Recording | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WAVE')
    return undefined;
  const chunks = chunksIn(bytes.subarray(12));
  const format = chunks?.get('fmt ');
  const data = chunks?.get('data');
  if (format === undefined || data === undefined || format.length < 16) return undefined;
  const bytesPerSecond = format.readUInt32LE(8);
  if (bytesPerSecond === 0) return undefined;
  const info = chunks?.get('LIST');
  const comment = info && chunksIn(info.subarray(4))?.get('ICMT');
  return {
    seconds: data.length / bytesPerSecond,
    comment: comment?.toString('utf8').replace(/\0+$/, '') ?? '',
  };
}

/** Chunks by name; undefined when one is longer than what there is. */
function chunksIn(bytes: Buffer): ReadonlyMap<string, Buffer> | undefined {
  const chunks = new Map<string, Buffer>();
  for (let at = 0; at + 8 <= bytes.length; ) {
    const length = bytes.readUInt32LE(at + 4);
    if (at + 8 + length > bytes.length) return undefined;
    chunks.set(bytes.toString('latin1', at, at + 4), bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length + (length % 2);
  }
  return chunks;
}
