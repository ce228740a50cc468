import { beforeEach, expect, test } from '@jest/globals';
import { classOfUpstream, told } from '../../../harness/smoke/failures/failure-class.ts';
import {
  doublesUrl,
  excused,
  needsProvider,
  requestWithinMs,
} from '../../../harness/smoke/failures/smoked.ts';
import { askProvider } from '../../../harness/smoke/providers/ask-provider.ts';
import { modesOf, smokeProviders } from '../../../harness/smoke/providers/catalogue.ts';
import { chooseProvider } from '../../../harness/smoke/providers/chosen-provider.ts';
import { keepEvidence } from '../../../harness/smoke/providers/keep-evidence.ts';
import { readSmokeSettings } from '../../../harness/smoke/providers/smoke-settings.ts';
import { needsTarget } from '../../../harness/smoke/target.ts';
import { skip } from '../../../harness/suite/skip.ts';

beforeEach(() => needsTarget('providers'));

const ways = smokeProviders.flatMap((provider) =>
  modesOf(provider).map((auth) => [provider.name, auth, provider] as const),
);

/** The access of a provider in a mode, if there is a credential for it. */
function accessTo(provider: (typeof smokeProviders)[number], auth: string) {
  const chosen = needsProvider(provider);
  const access = chosen.accesses.find((each) => each.auth === auth);
  return { chosen, access: access ?? skip(`there is no credential for ${auth}`, 'missing_env') };
}

// covers 001/provider-smoke-auth-modes
// covers 001/provider-smoke-evidence
test.each(ways)('the cheapest model of %s answers who asks with %s', async (_, auth, provider) => {
  const { chosen, access } = accessTo(provider, auth);
  const asked = await askProvider(access, chosen.model, requestWithinMs());
  keepEvidence(chosen, access, asked);
  const { ending, said } = asked.judged;
  if (ending.how !== 'well')
    excused(classOfUpstream(ending), `${chosen.name} with ${auth}: ${told(ending)}`, chosen.isNamed);
  expect(said?.text).toMatch(/\S/);
});

// A run in which everything is skipped looks as green as one in which everything is well.
test('there is a provider to ask', () => {
  const { live } = readSmokeSettings(process.env);
  const chosen = smokeProviders.filter(
    (each) => 'accesses' in chooseProvider(each, process.env, doublesUrl()),
  );
  if (live && chosen.length === 0)
    excused('missing_env', 'no provider has a key: name one, or leave E2E_LIVE out', true);
  expect(chosen.length).toBeGreaterThan(0);
});

const withKeys = ways.filter(([, auth]) => auth !== 'none');

// An answer proves something only where a wrong key has none.
test.each(withKeys)('%s refuses a wrong key for %s', async (name, auth, provider) => {
  const { chosen, access } = accessTo(provider, auth);
  if (chosen.isLive && !provider.variables.keyRequired && access.key === '')
    skip(`${name} was started without a key`, 'missing_env');
  const wrong = { ...access, key: `${access.key.slice(0, -4)}0000` };
  const { judged } = await askProvider(wrong, chosen.model, requestWithinMs());
  const { ending } = judged;
  if (classOfUpstream(ending) === 'upstream_unavailable')
    excused('upstream_unavailable', `${name} with ${auth}: ${told(ending)}`, chosen.isNamed);
  expect(ending.how).toBe('status');
  expect([400, 401, 403]).toContain(ending.how === 'status' ? ending.status : undefined);
});
