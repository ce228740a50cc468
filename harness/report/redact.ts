/** Names of variables that hold secrets. */
export const sensitiveName = /KEY|TOKEN|SECRET|WEBHOOK|AUTH|PASSWORD/;
/** Shorter values are words that appear everywhere; hiding them would only garble the text. */
const shortestSecret = 6;

/**
 * The values to hide in everything a run leaves: the run's own credentials and those of the environment, recognised by
 * the names of their variables.
 */
export function secretsOf(
  environment: Readonly<Record<string, string | undefined>>,
  made: readonly string[],
): readonly string[] {
  const named = Object.entries(environment).flatMap(([name, value]) =>
    sensitiveName.test(name) ? [value] : [],
  );
  return [...new Set([...named, ...made])]
    .filter((value): value is string => value !== undefined && value.length >= shortestSecret)
    .sort((a, b) => b.length - a.length);
}

/** Replaces every secret in a text, also in its JSON, URL, hex and base64 encoded forms. */
export function redact(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    for (const form of formsOf(secret)) result = result.replaceAll(form, '[redacted]');
  }
  return result;
}

/** Shorter pieces of base64 could be anything. */
const shortestEncoded = 12;
const known = new Map<string, readonly string[]>();

function formsOf(secret: string): readonly string[] {
  const there = known.get(secret);
  if (there !== undefined) return there;
  const hex = Buffer.from(secret, 'utf8').toString('hex');
  const encoded = [hex, hex.toUpperCase(), ...base64Of(secret)].filter(
    ({ length }) => length >= shortestEncoded,
  );
  const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret), ...encoded];
  const unique = [...new Set(forms)];
  known.set(secret, unique);
  return unique;
}

/**
 * What base64 makes of a secret inside of a longer text: three forms, by where it begins in a group of three bytes, without
 * the characters that its neighbours have a part in. Of each, the alphabet of URLs too.
 */
function base64Of(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes]);
    const inner = padded
      .toString('base64')
      .slice(before === 0 ? 0 : before + 1, Math.floor((padded.length * 8) / 6));
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
