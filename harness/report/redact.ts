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

/** Replaces every secret in a text, also in its JSON and URL encoded forms. */
export function redact(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of secrets) {
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])) {
      result = result.replaceAll(form, '[redacted]');
    }
  }
  return result;
}
