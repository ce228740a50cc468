/** The JSON array in a model's answer, from the first `[` to the last `]`; undefined when there is none. */
export function jsonArrayIn(answer: string): readonly unknown[] | undefined {
  const start = answer.indexOf('[');
  const end = answer.lastIndexOf(']');
  if (start === -1 || end < start) return undefined;
  try {
    const parsed: unknown = JSON.parse(answer.slice(start, end + 1));
    return Array.isArray(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
