import { SkipError, skip } from '../../suite/skip.ts';
import { service } from '../../suite/stack.ts';
import { askProvider } from '../providers/ask-provider.ts';
import type { SmokeProvider } from '../providers/catalogue.ts';
import { type ChosenProvider, chooseProvider } from '../providers/chosen-provider.ts';
import { readSmokeSettings } from '../providers/smoke-settings.ts';
import { endingOf } from './ending-of.ts';
import { classOf, type Ending, type FailureClass, SmokeFailure, told } from './failure-class.ts';

/** Where the stack's doubles are: a live run needs none. Skips the running test where it does. */
export const doublesUrl = (): string => (readSmokeSettings(process.env).live ? '' : service('doubles').url);

/** The provider as this run asks it. Skips the running test where it is left out; fails it where the user named it. */
export function needsProvider(provider: SmokeProvider): ChosenProvider {
  const { live } = readSmokeSettings(process.env);
  const own = !live && provider.service ? service(provider.service.name).url : undefined;
  const there = own === undefined ? provider : { ...provider, baseUrl: `${own}/v1` };
  const chosen = chooseProvider(there, process.env, doublesUrl());
  if (!('accesses' in chosen))
    return excused('missing_env', `${provider.name}: ${chosen.reason}`, chosen.isNamed);
  return chosen;
}

/** Of each request of the smoke, in milliseconds: E2E_TIMEOUT_S. */
export const requestWithinMs = (): number => readSmokeSettings(process.env).timeoutMs;

/**
 * Runs a scenario that goes through the product to a provider. When it does not end well, the provider is asked alone, and
 * the scenario gets the class that the two endings show.
 *
 * @throws SkipError for an upstream that is away and that nobody named, else SmokeFailure
 */
export async function smoked<T>(chosen: ChosenProvider, scenario: () => Promise<T>): Promise<T> {
  try {
    return await scenario();
  } catch (error) {
    if (error instanceof SkipError) throw error;
    return judged(error, chosen, await aloneAnswers(chosen));
  }
}

/** How the provider answers when the product is not between. */
async function aloneAnswers({ accesses, model }: ChosenProvider): Promise<Ending> {
  return (await askProvider(accesses[0], model, requestWithinMs())).judged.ending;
}

function judged(error: unknown, { name, isNamed }: ChosenProvider, upstream: Ending): never {
  const scenario = endingOf(error);
  const failure = classOf(scenario, upstream);
  const said = `${name} through the gateway: ${told(scenario)}; asked alone: ${told(upstream)}`;
  return excused(failure, said, isNamed, error);
}

/** Ends the running test by a class: the first two are skips, unless the user named what is away. */
export function excused(failure: FailureClass, said: string, isNamed: boolean, cause?: unknown): never {
  const isExcuse = failure === 'missing_env' || failure === 'upstream_unavailable';
  if (isExcuse && !isNamed) return skip(said, failure);
  const details = cause instanceof Error ? `\n${cause.message}` : '';
  throw new SmokeFailure(failure, `${said}${details}`, { cause });
}
