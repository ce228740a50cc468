import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { EnvironmentError } from '../../kit/environment.ts';

const Milliseconds = Type.Integer({ minimum: 1, maximum: 3_600_000 });

const Provider = Type.Object(
  {
    /** Names the provider in metrics, logs and errors. */
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,31}$' }),
    /** Of the OpenAI API, with its version: `https://host/v1`. */
    baseUrl: Type.String({ pattern: '^https?://' }),
    /** Used in turn; none sends no credential. */
    apiKeys: Type.Optional(Type.Array(Type.String({ minLength: 1 }))),
    /** Ids that clients use, and the provider's own name of each. */
    models: Type.Record(Type.String(), Type.String({ minLength: 1 })),
    /** Bounds of its own instead of those of the settings `UPSTREAM_…_TIMEOUT_MS`. */
    timeouts: Type.Optional(
      Type.Partial(
        Type.Object(
          { firstByteMs: Milliseconds, idleMs: Milliseconds, totalMs: Milliseconds },
          { additionalProperties: false },
        ),
      ),
    ),
    /** False: what one request meets says nothing about the next one, so that no key is ever left out. */
    cooldown: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** A model API that the gateway speaks to without an agent between them. */
export type Provider = Readonly<Static<typeof Provider>>;

/**
 * Reads `GATEWAY_PROVIDERS`: a JSON array of providers. Two providers may offer the same model id: the second then
 * stands in for the first. Throws an EnvironmentError that repeats no value, as they hold keys.
 */
export function readProviders(text: string | undefined): readonly Provider[] {
  if (text === undefined) return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new EnvironmentError('GATEWAY_PROVIDERS is not JSON; it must be an array of providers.');
  }
  if (!Value.Check(Type.Array(Provider), value)) {
    const [first] = Value.Errors(Type.Array(Provider), value);
    const where = first?.instancePath ? ` at ${first.instancePath}` : '';
    throw new EnvironmentError(
      `GATEWAY_PROVIDERS is not usable${where}; each provider has id, baseUrl, models {id: name} and, if it ` +
        'needs them, apiKeys, timeouts {firstByteMs, idleMs, totalMs} and cooldown.',
    );
  }
  const twice = value.find(({ id }, index) => value.findIndex((other) => other.id === id) !== index);
  if (twice) throw new EnvironmentError(`GATEWAY_PROVIDERS names the provider "${twice.id}" twice.`);
  return value.map((provider) => ({ ...provider, baseUrl: provider.baseUrl.replace(/\/+$/, '') }));
}
