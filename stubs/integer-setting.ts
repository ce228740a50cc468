/** A setting that takes a whole number. */
export interface IntegerSetting {
  readonly name: string;
  readonly fallback: number;
  readonly min: number;
  readonly max: number;
}

/** Reads a whole number from the environment. Throws what `invalid` makes of a sentence that names the variable. */
export function readInteger(
  env: NodeJS.ProcessEnv,
  { name, fallback, min, max }: IntegerSetting,
  invalid: (message: string) => Error,
): number {
  const text = env[name];
  if (!text) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw invalid(`${name} is "${text}"; it takes a whole number from ${min} to ${max}.`);
  return value;
}
