/** A credential in a text: what kind it is, and never its value. */
export interface FoundSecret {
  readonly kind: string;
}

/** Formats of well-known credentials, as their makers document them or secret scanners know them. */
const formats: readonly (readonly [kind: string, pattern: RegExp])[] = [
  ['a key of Anthropic', /\bsk-ant-[A-Za-z0-9_-]{20,}/],
  ['a key of OpenRouter', /\bsk-or-v1-[0-9a-f]{32,}/],
  ['a key of OpenAI', /\bsk-(?!ant-|or-)(?:proj-|svcacct-|admin-)?(?=[A-Za-z0-9_-]*\d)[A-Za-z0-9_-]{32,}/],
  ['a key of Groq', /\bgsk_[A-Za-z0-9]{40,}/],
  ['a key of Google', /\bAIza[A-Za-z0-9_-]{35}/],
  ['a token of Hugging Face', /\bhf_[A-Za-z0-9]{30,}/],
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})/],
  ['a token of Slack', /\bxox[abprs]-[A-Za-z0-9-]{20,}/],
  ['an access key of AWS', /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/],
  ['a JSON Web Token', /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/],
  ['a private key', /-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/],
];

/** Shorter pieces of base64 or hex could be anything. */
const shortestEncoded = 12;
const forms = new Map<string, readonly string[]>();

/** What of the known credentials, in any of their encoded forms, and of well-known kinds of credentials is in the texts. */
export function findSecrets(texts: readonly string[], known: readonly string[]): readonly FoundSecret[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [kind, pattern] of formats) if (pattern.test(text)) found.add(kind);
    for (const secret of known) {
      if (formsOf(secret).some((form) => text.includes(form))) found.add('a credential of this run');
    }
  }
  return [...found].map((kind) => ({ kind }));
}

/** A text without what {@link findSecrets} finds in it. */
export function withoutSecrets(text: string, known: readonly string[]): string {
  let result = text;
  for (const secret of known.toSorted((a, b) => b.length - a.length))
    for (const form of formsOf(secret)) result = result.replaceAll(form, '[redacted]');
  for (const [, pattern] of formats) result = result.replaceAll(new RegExp(pattern, 'g'), '[redacted]');
  return result;
}

function formsOf(secret: string): readonly string[] {
  const there = forms.get(secret);
  if (there !== undefined) return there;
  const hex = Buffer.from(secret).toString('hex');
  const encoded = [hex, hex.toUpperCase(), ...base64Of(secret)];
  const json = JSON.stringify(secret).slice(1, -1);
  const all = [
    ...[secret, json, JSON.stringify(json).slice(1, -1), encodeURIComponent(secret)],
    ...encoded.filter(({ length }) => length >= shortestEncoded),
  ];
  const unique = [...new Set(all)];
  forms.set(secret, unique);
  return unique;
}

/** Base64 of a secret somewhere in a longer text depends on where it begins in a group of three bytes. */
function base64Of(secret: string): readonly string[] {
  const length = Buffer.byteLength(secret);
  return ['', '\0', '\0\0'].flatMap((before, shift) => {
    const text = Buffer.from(before + secret).toString('base64');
    // Characters that hold bits of a neighbour are not the secret's own.
    const own = text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + length) * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
