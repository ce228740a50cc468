/**
 * A body, and what its events say one after the other: a credential that is streamed token by token is in no single event.
 * Strings of the same field are joined.
 */
export function streamedTexts(body: string): readonly string[] {
  const byField = new Map<string, string[]>();
  for (const line of body.split('\n')) {
    const [, json] = /^(?:data:\s*)?(\{.*)$/s.exec(line.trimEnd()) ?? [];
    if (json !== undefined) collect(json, byField);
  }
  return [body, ...[...byField.values()].filter(({ length }) => length > 1).map((parts) => parts.join(''))];
}

function collect(json: string, byField: Map<string, string[]>): void {
  try {
    JSON.parse(json, (key, value: unknown) => {
      if (typeof value === 'string') {
        const parts = byField.get(key);
        if (parts) parts.push(value);
        else byField.set(key, [value]);
      }
      return value;
    });
  } catch {
    // No event with JSON: the body itself is searched.
  }
}
