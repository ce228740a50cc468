import { readFileSync, writeFileSync } from 'node:fs';
import { type Unzipped, unzipSync, zipSync } from 'fflate';
import { redact } from '../../report/redact.ts';

/** A JSON web token: what a page is signed in with. */
const webToken = /eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{16,}/g;

/** What a server gives to everybody alike, and there is much of it. */
const forEverybody = /\.(?:css|js|ttf|woff2?|png|jpe?g|svg|wasm)$/;

/** Writes a trace of Playwright without credentials: what was typed into forms, sent in headers and kept by the page. */
export function writeRedactedTrace(from: string, to: string, secrets: readonly string[]): void {
  writeFileSync(to, redactedZip(readFileSync(from), secrets));
}

/** A zip archive with the same files, without secrets and web tokens. Its texts, in UTF-8 or as bytes, stay as they are otherwise. */
export function redactedZip(archive: Uint8Array, secrets: readonly string[]): Uint8Array {
  const files: Unzipped = {};
  for (const [name, bytes] of Object.entries(unzipSync(archive))) {
    files[name] = bytes;
    if (forEverybody.test(name)) continue;
    // One character for each byte, so that pictures come through unharmed.
    const text = Buffer.from(bytes).toString('latin1');
    const clean = redact(text, secrets).replaceAll(webToken, '[redacted]');
    if (clean !== text) files[name] = Buffer.from(clean, 'latin1');
  }
  return zipSync(files, { level: 6 });
}
