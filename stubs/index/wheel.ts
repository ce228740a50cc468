import { createHash } from 'node:crypto';
import { type ZipMember, zip } from './zip.ts';

export type Distribution = {
  readonly name: string;
  readonly version: string;
  /** Paths inside site-packages and their contents. */
  readonly files: readonly ZipMember[];
};

export type Wheel = { readonly filename: string; readonly project: string; readonly data: Buffer };

/** The name under which an index lists a project (PEP 503). */
export function normalizedName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}

/** A pure-Python wheel (binary distribution format 1.0); the same sources give the same bytes. */
export function buildWheel({ name, version, files }: Distribution): Wheel {
  const stem = `${name.replaceAll(/[-_.]+/g, '_')}-${version}`;
  const info = `${stem}.dist-info`;
  const members = [
    ...[...files].sort((a, b) => (a.name < b.name ? -1 : 1)),
    member(`${info}/METADATA`, `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`),
    member(
      `${info}/WHEEL`,
      'Wheel-Version: 1.0\nGenerator: gauntlet\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    ),
  ];
  const record = [...members.map(recordLine), `${info}/RECORD,,`].join('\n');
  return {
    filename: `${stem}-py3-none-any.whl`,
    project: normalizedName(name),
    data: zip([...members, member(`${info}/RECORD`, `${record}\n`)]),
  };
}

function recordLine({ name, data }: ZipMember): string {
  return `${name},sha256=${createHash('sha256').update(data).digest('base64url')},${data.length}`;
}

function member(name: string, text: string): ZipMember {
  return { name, data: Buffer.from(text, 'utf8') };
}
