import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeArtifact, dispositionOf, mimeTypeOf } from './artifact.ts';

test('a name comes back whole from its header, whatever is in it, and breaks out of nothing', () => {
  const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(names, (name) => {
      const header = dispositionOf(name);
      expect(header).toMatch(/^attachment; filename="[\w.\- ]*"; filename\*=UTF-8''[\w.!~%-]*$/);
      expect(decodeURIComponent(header.split("UTF-8''")[1] ?? '')).toBe(name);
    }),
  );
});

test.each([
  ['image/PNG', 'image/png'],
  ['text/csv; charset=UTF-8', 'text/csv; charset=utf-8'],
  ['text/html; boundary=x', 'text/html'],
  ['text/html\r\nset-cookie: a=b', 'application/octet-stream'],
  [undefined, 'application/octet-stream'],
])('the content type %j is kept as %j', (header, kept) => {
  expect(mimeTypeOf(header)).toBe(kept);
});

test('an artifact says what it is and where', () => {
  const artifact = {
    ...{ id: 'artf_1', displayName: 'a.csv', mimeType: 'text/csv', sizeBytes: 3, sha256: 'f00' },
    ...{ createdAt: new Date(0), ttlSeconds: 60 },
  };
  expect(describeArtifact(artifact)).toMatchObject({
    ...{
      type: 'dataset',
      url: '/v1/artifacts/artf_1',
      created_at: '1970-01-01T00:00:00.000Z',
      size_bytes: 3,
    },
  });
  expect(describeArtifact({ ...artifact, mimeType: 'image/png' }).type).toBe('image');
});
